// A mutex. std::mutex behind the seam, as waiting for one is up to the kernel; the rest of the
// program uses src/base/mutex.h, which is annotated.

#ifndef SWITCHBOARD_SRC_LINUX_MUTEX_H_
#define SWITCHBOARD_SRC_LINUX_MUTEX_H_

#include <mutex>

namespace switchboard::sys {

class Mutex {
 public:
  void Lock();
  void Unlock();

 private:
  std::mutex mutex_;
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_MUTEX_H_
