#include "bench/load/staff/calibrate/lines.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

#include "src/linux/clock.h"
#include "src/linux/socket.h"

namespace switchboard::load {
namespace {

// The value, or the sentence.
long Need(const sys::Result& result, const char* what) {
  if (result) return result.value;
  throw std::runtime_error(std::string("cannot measure: ") + what +
                           " over loopback failed: " + std::strerror(result.error));
}

constexpr uint32_t kWatched = EPOLLIN | EPOLLOUT | EPOLLRDHUP;

}  // namespace

Lines::Lines(int count) {
  const sys::Endpoint loopback = sys::ParseEndpoint("127.0.0.1:0");
  const sys::Address any = sys::Resolve(loopback).front();
  listener_.Reset(static_cast<int>(Need(sys::StreamSocket(any.family()), "a socket")));
  Need(sys::Bind(listener_.get(), any), "a bind");
  Need(sys::Listen(listener_.get(), 1024), "a listen");
  address_ = sys::LocalAddress(listener_.get());
  for (int i = 0; i < count; ++i) {
    callers_.fds.push_back(Call());
    const long fd = Need(sys::Accept(listener_.get()), "an accept");
    server_.fds.emplace_back(static_cast<int>(fd));
    (void)sys::SetNoDelay(static_cast<int>(fd), true);
    (void)sys::SetResetOnClose(static_cast<int>(fd));  // so that no port stays taken
    for (End* end : {&callers_, &server_}) {
      Need(end->epoll.Add(end->fds.back().get(), kWatched, {.u64 = end->fds.size() - 1}),
           "an epoll_ctl");
    }
  }
  // That there is room to write is no news any more.
  std::vector<epoll_event> events(static_cast<size_t>(count));
  for (End* end : {&callers_, &server_}) (void)end->epoll.Wait(events, 0);
}

sys::Fd Lines::Call() {
  sys::Fd fd(static_cast<int>(Need(sys::StreamSocket(address_.family()), "a socket")));
  (void)sys::SetNoDelay(fd.get(), true);
  const sys::Result connected = sys::Connect(fd.get(), address_);
  if (connected.error != EINPROGRESS) Need(connected, "a connect");
  return fd;
}

double Lines::AcceptOne() {
  sys::Fd caller = Call();
  const int64_t begin_ns = sys::NowNs();
  sys::Fd fd(static_cast<int>(Need(sys::Accept(listener_.get()), "an accept")));
  (void)sys::SetNoDelay(fd.get(), true);
  (void)sys::SetUrgentInline(fd.get());
  Need(server_.epoll.Add(fd.get(), kWatched, {.u64 = 0}), "an epoll_ctl");
  const int64_t accepted_ns = sys::NowNs() - begin_ns;
  caller.Reset();
  const int64_t end_ns = sys::NowNs();
  fd.Reset();
  return static_cast<double>(accepted_ns + sys::NowNs() - end_ns);
}

}  // namespace switchboard::load
