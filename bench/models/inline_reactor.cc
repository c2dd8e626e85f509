// One thread and one edge-triggered epoll set; what is read is written at once, with no pool.

#include <array>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include "bench/models/model.h"
#include "src/linux/epoll.h"
#include "src/linux/socket.h"

namespace {

using namespace switchboard;

constexpr uint32_t kEvents = EPOLLIN | EPOLLOUT | EPOLLRDHUP;
constexpr int kReadsPerTurn = 4;  // then the other callers get theirs

struct Call {
  sys::Fd socket;
  std::string unsent = {};  // what the caller has yet to read; nothing is read from it meanwhile
};

// False if the connection broke.
bool Send(Call& call, std::string_view bytes) {
  const sys::Result sent = sys::Send(call.socket.get(), bytes.data(), bytes.size());
  if (!sent && !sent.WouldBlock()) return false;
  call.unsent = bytes.substr(sent ? static_cast<size_t>(sent.value) : 0);
  return true;
}

// Echoes what is there; false when the call is over.
bool Echo(Call& call, uint32_t events, sys::Epoll& epoll) {
  static std::array<char, model::kBufferBytes> buffer;
  for (int reads = 0; reads < kReadsPerTurn; ++reads) {
    if (!call.unsent.empty() && !Send(call, std::exchange(call.unsent, {}))) return false;
    if (!call.unsent.empty()) return true;  // EPOLLOUT brings us back
    const sys::Result got = sys::Recv(call.socket.get(), buffer.data(), buffer.size());
    if (got.WouldBlock()) return true;
    if (!got || got.value == 0) return false;
    const auto size = static_cast<size_t>(got.value);
    model::TakeTime();
    if (!Send(call, {buffer.data(), size})) return false;
    // A short read has drained the socket, unless the end of the stream is behind it.
    if (size < buffer.size() && call.unsent.empty() && (events & EPOLLRDHUP) == 0) return true;
  }
  return bool(epoll.Modify(call.socket.get(), kEvents, {.ptr = &call}));  // asks for a new event
}

void TakeCallers(int listener, sys::Epoll& epoll) {
  for (;;) {
    const sys::Result accepted = sys::Accept(listener);
    if (accepted.error == ECONNABORTED) continue;
    if (accepted.WouldBlock()) return;
    if (!accepted) {
      throw std::system_error(accepted.error, std::generic_category(), "cannot take a caller");
    }
    auto* call = new Call{sys::Fd(static_cast<int>(accepted.value))};
    (void)sys::SetNoDelay(call->socket.get(), true);
    if (!epoll.Add(call->socket.get(), kEvents, {.ptr = call})) delete call;
  }
}

void Serve(sys::Fd listener) {
  sys::Epoll epoll;
  (void)epoll.Add(listener.get(), EPOLLIN, {.ptr = nullptr});
  std::array<epoll_event, 512> events;
  for (;;) {
    const long count = epoll.Wait(events, -1).value;
    for (long i = 0; i < count; ++i) {
      auto* call = static_cast<Call*>(events[i].data.ptr);
      if (call == nullptr) {
        TakeCallers(listener.get(), epoll);
      } else if (!Echo(*call, events[i].events, epoll)) {
        delete call;
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) { return model::Run(argc, argv, Serve); }
