#include "src/linux/signals.h"

#include <pthread.h>
#include <unistd.h>

#include "src/linux/process.h"

namespace switchboard::sys {
namespace {

sigset_t SetOf(std::initializer_list<int> signals) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) ::sigaddset(&set, signal);
  return set;
}

}  // namespace

void BlockSignals(std::initializer_list<int> signals) {
  const sigset_t set = SetOf(signals);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void ExitNow(int status) { ::_exit(status); }

SignalThread::SignalThread(std::initializer_list<int> signals, std::function<void(int)> handle)
    : set_(SetOf(signals)),
      handle_(std::move(handle)),
      thread_(StartThread("the thread that waits for signals", [this] { Run(); })) {}

SignalThread::~SignalThread() {
  stopping_ = true;
  // Run looks at stopping_ after each signal, so the first of the set is enough to end it.
  for (int signal = 1; signal < NSIG; ++signal) {
    if (::sigismember(&set_, signal) == 1) {
      thread_.Signal(signal);
      break;
    }
  }
  thread_.Join();
}

void SignalThread::Run() {
  NameThisThread("signals");
  for (;;) {
    const int signal = ::sigwaitinfo(&set_, nullptr);
    if (stopping_) return;
    if (signal > 0) handle_(signal);
  }
}

}  // namespace switchboard::sys
