// A mutex with annotations, so that clang's -Wthread-safety checks which members are guarded by
// which mutex. g++ ignores the annotations.

#ifndef SWITCHBOARD_SRC_BASE_MUTEX_H_
#define SWITCHBOARD_SRC_BASE_MUTEX_H_

#include "src/linux/mutex.h"

#if defined(__clang__)
#define SWITCHBOARD_ANNOTATE(x) __attribute__((x))
#else
#define SWITCHBOARD_ANNOTATE(x)
#endif
#define GUARDED_BY(x) SWITCHBOARD_ANNOTATE(guarded_by(x))
#define REQUIRES(x) SWITCHBOARD_ANNOTATE(requires_capability(x))

namespace switchboard {

class SWITCHBOARD_ANNOTATE(capability("mutex")) Mutex {
 public:
  void Lock() SWITCHBOARD_ANNOTATE(acquire_capability()) { mutex_.Lock(); }
  void Unlock() SWITCHBOARD_ANNOTATE(release_capability()) { mutex_.Unlock(); }

 private:
  sys::Mutex mutex_;
};

class SWITCHBOARD_ANNOTATE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) SWITCHBOARD_ANNOTATE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() SWITCHBOARD_ANNOTATE(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BASE_MUTEX_H_
