// Signals as calls on a thread of their own, so that a handler may do anything. sigwaitinfo(2).

#ifndef SWITCHBOARD_SRC_LINUX_SIGNALS_H_
#define SWITCHBOARD_SRC_LINUX_SIGNALS_H_

#include <signal.h>

#include <atomic>
#include <functional>
#include <initializer_list>

#include "src/linux/thread.h"

namespace switchboard::sys {

// Blocks `signals` in this thread and in those it starts from here on.
void BlockSignals(std::initializer_list<int> signals);

// Ends the process at once, with no clean-up. _exit(2).
[[noreturn]] void ExitNow(int status);

// Calls `handle` for each of `signals`, which are blocked in every thread, until it is destroyed.
class SignalThread {
 public:
  // Throws std::runtime_error if the system refuses the thread.
  SignalThread(std::initializer_list<int> signals, std::function<void(int)> handle);
  ~SignalThread();
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

 private:
  void Run();

  sigset_t set_;
  const std::function<void(int)> handle_;
  std::atomic<bool> stopping_{false};
  Thread thread_;
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_SIGNALS_H_
