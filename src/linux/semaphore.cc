#include "src/linux/semaphore.h"

#include <cerrno>
#include <ctime>

#include "src/linux/clock.h"

namespace switchboard::sys {

Semaphore::Semaphore() { ::sem_init(&semaphore_, 0, 0); }

Semaphore::~Semaphore() { ::sem_destroy(&semaphore_); }

void Semaphore::Post() { ::sem_post(&semaphore_); }

void Semaphore::Wait() {
  while (::sem_wait(&semaphore_) != 0 && errno == EINTR) {
  }
}

bool Semaphore::WaitFor(int64_t timeout_us) {
  const int64_t due_ns = NowNs() + timeout_us * 1000;
  const timespec due{.tv_sec = due_ns / 1'000'000'000, .tv_nsec = due_ns % 1'000'000'000};
  for (;;) {
    if (::sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &due) == 0) return true;
    if (errno != EINTR) return false;
  }
}

}  // namespace switchboard::sys
