#include "src/linux/mutex.h"

#include "tests/sim/kernel/machine.h"

namespace switchboard::sys {

void Mutex::Lock() {
  const sim::Seam seam(sim::SystemCall::kMutex);
  sim::Machine& machine = sim::Machine::Here();
  machine.scheduler.WaitUntil([&] { return !machine.locked.contains(this); });
  machine.locked.insert(this);
  mutex_.lock();  // never waits; the sanitizer sees who holds it
}

void Mutex::Unlock() {
  mutex_.unlock();
  sim::Machine::Here().locked.erase(this);
  const sim::Seam seam(sim::SystemCall::kMutex);
}

}  // namespace switchboard::sys
