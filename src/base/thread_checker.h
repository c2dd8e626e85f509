// Holds an object to one thread, in builds with assertions: the first Check() remembers the thread
// that it runs in, and each later one aborts in any other. Without assertions it is nothing.
//
// It is how a function keeps the promise "Reactor thread only." The reactor's thread is the one
// that calls Server::Run, so an object may be made by one thread and then belong to another.

#ifndef SWITCHBOARD_SRC_BASE_THREAD_CHECKER_H_
#define SWITCHBOARD_SRC_BASE_THREAD_CHECKER_H_

#include <atomic>
#include <cassert>
#include <thread>

namespace switchboard {

class ThreadChecker {
 public:
#ifdef NDEBUG
  void Check() const {}
#else
  void Check() const {
    const std::thread::id here = std::this_thread::get_id();
    std::thread::id owner;  // of no thread: nobody has called yet
    if (!owner_.compare_exchange_strong(owner, here)) assert(owner == here);
  }

 private:
  mutable std::atomic<std::thread::id> owner_{};
#endif
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BASE_THREAD_CHECKER_H_
