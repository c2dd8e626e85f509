#include "src/linux/output.h"

#include "tests/sim/kernel/machine.h"

namespace switchboard::sys {

Output::Output(int fd) : fd_(fd) {}

Result Output::Write(std::string_view text) const {
  sim::Seam seam(sim::SystemCall::kLogLine, fd_, static_cast<int64_t>(text.size()));
  return seam.Returns([&]() -> Result {
    sim::Machine::Here().log.emplace_back(text);
    return {static_cast<long>(text.size()), 0};
  });
}

}  // namespace switchboard::sys
