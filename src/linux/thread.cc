#include "src/linux/thread.h"

#include <signal.h>
#include <sys/prctl.h>

#include <utility>

namespace switchboard::sys {

Thread::Thread(std::function<void()> run) : thread_(std::move(run)) {}

void Thread::Join() { thread_.join(); }

void Thread::Detach() { thread_.detach(); }

void Thread::Signal(int signal) { ::pthread_kill(thread_.native_handle(), signal); }

bool WakePunctually() {
  constexpr unsigned long kSlackNs = 1000;
  return ::prctl(PR_SET_TIMERSLACK, kSlackNs, 0, 0, 0) == 0;
}

}  // namespace switchboard::sys
