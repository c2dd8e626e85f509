// What the scenes of script.cc are made of: a connection whose one end epoll watches, and functions
// that print what came of a call.

#ifndef SWITCHBOARD_TESTS_SIM_SCRIPT_TOOLS_H_
#define SWITCHBOARD_TESTS_SIM_SCRIPT_TOOLS_H_

#include <netinet/in.h>
#include <poll.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "src/linux/epoll.h"
#include "src/linux/socket.h"

namespace switchboard::sys {

inline constexpr uint32_t kWatched = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI;

// Bounds a wait for what the real kernel does a moment later.
inline constexpr int kSoonMs = 5000;

inline void Say(const char* what, const std::string& outcome) {
  std::printf("  %s: %s\n", what, outcome.c_str());
}

inline std::string OutcomeOf(const Result& result) {
  return result ? std::to_string(result.value) : strerrorname_np(result.error);
}

inline void Say(const char* what, const Result& result) { Say(what, OutcomeOf(result)); }

inline std::string Named(uint32_t events) {
  constexpr std::pair<uint32_t, const char*> kNames[] = {
      {EPOLLIN, "IN "},   {EPOLLOUT, "OUT "}, {EPOLLPRI, "PRI "},
      {EPOLLERR, "ERR "}, {EPOLLHUP, "HUP "}, {EPOLLRDHUP, "RDHUP "},
  };
  std::string text;
  for (const auto& [bit, name] : kNames) {
    if ((events & bit) != 0) text += name;
  }
  return text;
}

inline void SayRead(const char* what, int fd, size_t size) {
  std::string data(size, ' ');
  const Result got = Recv(fd, data.data(), size);
  Say(what, got && got.value > 0 ? data.substr(0, static_cast<size_t>(got.value)) : OutcomeOf(got));
}

inline Result SendText(int fd, std::string_view text) { return Send(fd, text.data(), text.size()); }

// What poll reports once one of `events` (or an error) is there.
inline void Await(int fd, short events) {
  if (Poll(fd, events, kSoonMs).value == 0) Say("await", "nothing came");
}

// The peer's host takes its time to acknowledge.
inline void AwaitAcks(int fd) {
  for (int ms = 0; ms < kSoonMs && UnackedBytes(fd).value > 0; ++ms) (void)Poll(fd, POLLPRI, 1);
}

inline Fd Dial(uint16_t port) {
  Fd caller(static_cast<int>(StreamSocket(AF_INET).value));
  (void)Connect(caller.get(), NumericAddress("127.0.0.1")->WithPort(port));
  return caller;
}

inline Fd AcceptOne(const Fd& listening) {
  Await(listening.get(), POLLIN);
  return Fd(static_cast<int>(Accept(listening.get()).value));
}

// A listening socket, one connection to it, and an epoll set that watches the accepted end.
struct Line {
  explicit Line(int buffer_bytes = 0) {
    listening = Fd(static_cast<int>(StreamSocket(AF_INET).value));
    (void)SetUrgentInline(listening.get());
    if (buffer_bytes > 0) (void)SetBufferSizes(listening.get(), buffer_bytes);
    (void)Bind(listening.get(), *NumericAddress("127.0.0.1"));
    (void)Listen(listening.get(), 16);
    port = LocalAddress(listening.get()).port();
    caller = Dial(port);
    Await(caller.get(), POLLOUT);
    server = AcceptOne(listening);
  }

  void Watch() { Say("watch", epoll.Add(server.get(), kWatched, {})); }

  void SayEdges(const char* what) {
    std::array<epoll_event, 8> events;
    const Result found = epoll.Wait(events, 0);
    std::string text = found ? "" : OutcomeOf(found);
    for (long i = 0; i < found.value; ++i) text += Named(events[static_cast<size_t>(i)].events);
    Say(what, text.empty() ? "no edge" : text);
  }

  Fd listening, caller, server;
  uint16_t port = 0;
  Epoll epoll;
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_TESTS_SIM_SCRIPT_TOOLS_H_
