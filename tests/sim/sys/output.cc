#include "src/linux/output.h"

#include "tests/sim/kernel/machine.h"

namespace switchboard::sys {

Output::Output(int fd) : fd_(fd), inode_(static_cast<ino_t>(fd)) {}

bool Output::HasRoom() const { return true; }

bool Output::IsJournal() const { return false; }

Result Output::Write(std::string_view text) const {
  sim::Seam seam(sim::SystemCall::kWriteLine, fd_, static_cast<int64_t>(text.size()));
  return seam.Returns([&]() -> Result {
    const size_t taken = sim::Shortened(seam.fault(), text.size());
    sim::Machine::Here().written[fd_] += text.substr(0, taken);
    return {static_cast<long>(taken), 0};
  });
}

}  // namespace switchboard::sys
