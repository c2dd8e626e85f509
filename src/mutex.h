// std::mutex and std::condition_variable with annotations, so that clang's -Wthread-safety checks
// which members are guarded by which mutex. g++ ignores the annotations.

#ifndef SWITCHBOARD_SRC_MUTEX_H_
#define SWITCHBOARD_SRC_MUTEX_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

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
  void Lock() SWITCHBOARD_ANNOTATE(acquire_capability()) { mutex_.lock(); }
  void Unlock() SWITCHBOARD_ANNOTATE(release_capability()) { mutex_.unlock(); }

 private:
  friend class Condition;
  std::mutex mutex_;
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

class Condition {
 public:
  // As with every condition variable it may also return for no reason: wait in a loop.
  void Wait(Mutex& mutex) REQUIRES(mutex) {
    std::unique_lock<std::mutex> held(mutex.mutex_, std::adopt_lock);
    condition_.wait(held);
    held.release();
  }
  // The same, for at most `timeout_us`.
  void WaitFor(Mutex& mutex, int64_t timeout_us) REQUIRES(mutex) {
    std::unique_lock<std::mutex> held(mutex.mutex_, std::adopt_lock);
    condition_.wait_for(held, std::chrono::microseconds(timeout_us));
    held.release();
  }
  void NotifyOne() { condition_.notify_one(); }

 private:
  std::condition_variable condition_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_MUTEX_H_
