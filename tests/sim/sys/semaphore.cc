#include "src/linux/semaphore.h"

#include "tests/sim/kernel/machine.h"

namespace switchboard::sys {
namespace {

bool IsPosted(sem_t& semaphore) {
  int value = 0;
  return ::sem_getvalue(&semaphore, &value) == 0 && value > 0;
}

// The count is kept in a real semaphore, on which nobody waits.
bool WaitFor(sem_t& semaphore, int64_t due_ns) {
  sim::Seam seam(sim::SystemCall::kSemaphore);
  if (!sim::Machine::Here().scheduler.WaitUntil([&] { return IsPosted(semaphore); }, due_ns)) {
    return static_cast<bool>(seam.Noted({-1, ETIMEDOUT}));
  }
  ::sem_trywait(&semaphore);
  return static_cast<bool>(seam.Noted({}));
}

}  // namespace

Semaphore::Semaphore() { ::sem_init(&semaphore_, 0, 0); }

Semaphore::~Semaphore() { ::sem_destroy(&semaphore_); }

void Semaphore::Post() {
  const sim::Seam seam(sim::SystemCall::kSemaphore, 1);
  ::sem_post(&semaphore_);
}

void Semaphore::Wait() { (void)sys::WaitFor(semaphore_, sim::kNeverNs); }

bool Semaphore::WaitFor(int64_t timeout_us) {
  return sys::WaitFor(semaphore_, sim::Machine::Here().scheduler.now_ns() + timeout_us * 1000);
}

}  // namespace switchboard::sys
