#include "src/linux/process.h"

#include "tests/sim/kernel/machine.h"

namespace switchboard::sys {

int64_t RaiseDescriptorLimit() {
  return static_cast<int64_t>(sim::Machine::Here().descriptor_limit);
}

int AvailableCpus() { return 2; }

std::optional<int> MaxBacklog() { return 4096; }

void NameThisThread(std::string_view name) { sim::Machine::Here().scheduler.Rename(name); }

void BlockSignalsInThisThread() {}

}  // namespace switchboard::sys
