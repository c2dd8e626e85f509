#include "src/linux/fd.h"

#include "tests/sim/kernel/machine.h"

namespace switchboard::sys {

void Close(int fd) {
  sim::Seam seam(sim::SystemCall::kClose, fd);
  sim::Machine::Here().Close(fd);
  sim::Machine::Here().Settle();
  (void)seam.Noted({});
}

}  // namespace switchboard::sys
