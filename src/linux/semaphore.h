// A counting semaphore for threads that sleep until they are told. sem_init(3).
//
// It costs one system call to sleep and one to wake a sleeper, and none if nobody sleeps. A
// condition variable costs one more for each wake-up: glibc marks the mutex it takes again as
// contended, so that the next unlock calls the kernel for nobody. std::counting_semaphore yields
// the CPU before it sleeps, which is several.
//
// Any thread. No call of it fails: sem_init(3) would only for a first value that is too large.

#ifndef SWITCHBOARD_SRC_LINUX_SEMAPHORE_H_
#define SWITCHBOARD_SRC_LINUX_SEMAPHORE_H_

#include <semaphore.h>

#include <cstdint>

namespace switchboard::sys {

class Semaphore {
 public:
  Semaphore();
  ~Semaphore();
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  void Post();
  void Wait();
  // False if nobody posted within `timeout_us`. sem_clockwait(3).
  bool WaitFor(int64_t timeout_us);

 private:
  sem_t semaphore_;
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_SEMAPHORE_H_
