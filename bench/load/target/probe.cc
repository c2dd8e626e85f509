#include "bench/load/target/probe.h"

#include <poll.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "src/linux/clock.h"
#include "src/linux/socket.h"

namespace switchboard::load {
namespace {

constexpr int kConnectTimeoutMs = 5000;
constexpr int kGreetingMs = 200;
constexpr size_t kLongestGreeting = 64 * 1024;

// Connects; the errno, 0 for none, goes to `error`.
sys::Fd ConnectTo(const sys::Address& address, int& error) {
  const sys::Result socket = sys::StreamSocket(address.family());
  error = socket.error;
  if (!socket) return {};
  sys::Fd fd(static_cast<int>(socket.value));
  error = sys::Connect(fd.get(), address).error;
  if (error == EINPROGRESS) {
    const bool answered = sys::Poll(fd.get(), POLLOUT, kConnectTimeoutMs).value > 0;
    error = answered ? static_cast<int>(sys::PendingError(fd.get()).value) : ETIMEDOUT;
  }
  return fd;
}

std::string Listen(int fd) {
  std::string greeting;
  const int64_t end_ms = sys::NowMs() + kGreetingMs;
  char buffer[4096];
  while (greeting.size() < kLongestGreeting) {
    const int64_t left_ms = end_ms - sys::NowMs();
    if (left_ms <= 0 || sys::Poll(fd, POLLIN, static_cast<int>(left_ms)).value <= 0) break;
    const sys::Result received = sys::Recv(fd, buffer, sizeof(buffer));
    if (received.value <= 0) break;
    greeting.append(buffer, received.value);
  }
  return greeting;
}

}  // namespace

bool Answers(const sys::Address& address) {
  int error = 0;
  ConnectTo(address, error);
  return error == 0;
}

std::string HearGreeting(const sys::Address& address) {
  int error = 0;
  const sys::Fd fd = ConnectTo(address, error);
  return error == 0 ? Listen(fd.get()) : "";
}

Probed Probe(const Options& options) {
  int error = 0;
  for (const sys::Address& address : sys::Resolve(sys::ParseEndpoint(options.target))) {
    const sys::Fd fd = ConnectTo(address, error);
    if (error != 0) continue;
    if (options.greeting == Greeting::kAuto) return {address, Listen(fd.get())};
    return {address, options.greeting_text};
  }
  throw std::runtime_error("cannot connect to " + options.target + ": " + std::strerror(error) +
                           "; start the server there, or name where it listens");
}

}  // namespace switchboard::load
