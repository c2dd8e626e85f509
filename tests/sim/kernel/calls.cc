#include "tests/sim/kernel/calls.h"

#include <cerrno>

namespace switchboard::sim {

const CallFacts& FactsOf(SystemCall call) {
  static const std::array<CallFacts, kCalls> kFacts = {{
      {"socket", {EMFILE, ENFILE, ENOBUFS, ENOMEM}},
      {"bind", {EADDRINUSE, EACCES, EADDRNOTAVAIL}},
      {"listen", {EADDRINUSE}},
      {"accept", {EAGAIN, ECONNABORTED, EPROTO, EPERM, EMFILE, ENFILE, ENOBUFS, ENOMEM}},
      {"connect", {}},
      {"recv", {EAGAIN, ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENOBUFS, ENOMEM, kShort}},
      {"send", {EAGAIN, EPIPE, ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENOBUFS, ENOMEM, kShort}},
      {"shutdown", {ENOTCONN}},
      {"setsockopt", {ENOBUFS, ENOMEM}},
      {"getpeername", {ENOTCONN, ENOBUFS}},
      {"ioctl", {}},
      {"close", {}},
      {"epoll_create", {EMFILE, ENFILE, ENOMEM}},
      {"epoll_ctl", {ENOMEM, ENOSPC}},
      {"epoll_wait", {EINTR}},
      {"eventfd", {EMFILE, ENFILE, ENOMEM}},
      {"signal", {}},
      {"thread", {EAGAIN}},
      {"mutex", {}},
      {"semaphore", {}},
      {"clock", {}},
      {"mmap", {ENOMEM}},
      {"new", {ENOMEM}},
      {"write", {EAGAIN, kShort}},
  }};
  return kFacts[static_cast<size_t>(call)];
}

void Faults::FailOnce(SystemCall call, int64_t k, int fault) {
  *this = Faults();
  once_call_ = call;
  once_k_ = k;
  once_fault_ = fault;
}

int Faults::Next(SystemCall call, Random& random) {
  const int64_t k = ++seen_[static_cast<size_t>(call)];
  if (call == once_call_ && k == once_k_) return once_fault_;
  const std::vector<int>& faults = FactsOf(call).faults;
  if (one_in_ == 0 || faults.empty() || !random.OneIn(one_in_)) return 0;
  return faults[random.Below(faults.size())];
}

}  // namespace switchboard::sim
