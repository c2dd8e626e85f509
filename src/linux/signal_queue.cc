#include "src/linux/signal_queue.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <stdexcept>

#include "src/linux/signals.h"
#include "src/linux/way_out.h"

namespace switchboard::sys {

SignalQueue::SignalQueue(std::initializer_list<int> signals) {
  BlockSignals(signals);
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) {
    ::signal(signal, SIG_DFL);
    ::sigaddset(&set, signal);
  }
  const Result made = FromReturn(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!made) throw std::runtime_error(Refusal("cannot create a signalfd", made.error));
  fd_.Reset(static_cast<int>(made.value));
}

std::optional<int> SignalQueue::Next() {
  signalfd_siginfo info;
  ssize_t got;
  do {
    got = ::read(fd_.get(), &info, sizeof(info));
  } while (got < 0 && errno == EINTR);
  if (got != static_cast<ssize_t>(sizeof(info))) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

}  // namespace switchboard::sys
