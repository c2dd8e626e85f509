#include "bench/load/target/probe.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "src/linux/clock.h"
#include "src/linux/socket.h"

namespace switchboard::load {
namespace {

constexpr int kConnectTimeoutMs = 5000;
constexpr int kLookMs = 50;  // how often it looks whether it was told to stop
constexpr int kGreetingMs = 200;
constexpr size_t kLongestGreeting = 64 * 1024;

bool Stopped(const std::atomic<bool>* stop) { return stop != nullptr && stop->load(); }

void ThrowIfStopped(const std::string& target, const std::atomic<bool>* stop) {
  if (Stopped(stop)) throw std::runtime_error("interrupted before " + target + " answered");
}

// Connects; the errno, 0 for none, goes to `error`.
sys::Fd ConnectTo(const sys::Address& address, int& error,
                  const std::atomic<bool>* stop = nullptr) {
  const sys::Result socket = sys::StreamSocket(address.family());
  error = socket.error;
  if (!socket) return {};
  sys::Fd fd(static_cast<int>(socket.value));
  error = sys::Connect(fd.get(), address).error;
  if (error == EINPROGRESS) {
    const int64_t end_ms = sys::NowMs() + kConnectTimeoutMs;
    bool answered;
    do {
      answered = sys::Poll(fd.get(), POLLOUT, kLookMs).value > 0;
    } while (!answered && !Stopped(stop) && sys::NowMs() < end_ms);
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

// Those of `addresses` that one of the sources can call; all of them if there is no source.
std::vector<sys::Address> Callable(const std::vector<sys::Address>& addresses,
                                   const Options& options) {
  if (options.sources.empty()) return addresses;
  std::vector<sys::Address> callable;
  for (const sys::Address& address : addresses) {
    const auto can_call = [&](const std::string& source) {
      return sys::NumericAddress(source)->family() == address.family();
    };
    if (std::ranges::any_of(options.sources, can_call)) callable.push_back(address);
  }
  if (!callable.empty()) return callable;
  throw std::invalid_argument("--source " + options.sources.front() + " cannot call " +
                              addresses.front().ToString() +
                              "; give an address of the same family");
}

// Whether each can be called from; otherwise every call would fail.
void RequireOwn(const std::vector<std::string>& sources) {
  for (const std::string& source : sources) {
    const sys::Address address = *sys::NumericAddress(source);
    const sys::Fd fd(static_cast<int>(sys::StreamSocket(address.family()).value));
    const sys::Result bound = sys::Bind(fd.get(), address);
    if (bound) continue;
    throw std::runtime_error("cannot call from " + source + ": " + std::strerror(bound.error) +
                             "; give --source addresses of this machine");
  }
}

}  // namespace

// A name server may let a resolver wait for half a minute, which nothing can end; so it waits in a
// thread that is left to itself if nobody wants to know any more.
std::vector<sys::Address> Resolve(const std::string& target, const std::atomic<bool>* stop) {
  const sys::Endpoint endpoint = sys::ParseEndpoint(target);
  if (!endpoint.unix_path.empty() || sys::NumericAddress(endpoint.host)) {
    return sys::Resolve(endpoint);
  }
  std::promise<std::vector<sys::Address>> promise;
  std::future<std::vector<sys::Address>> resolved = promise.get_future();
  std::thread([endpoint, promise = std::move(promise)]() mutable {
    try {
      promise.set_value(sys::Resolve(endpoint));
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  }).detach();
  while (resolved.wait_for(std::chrono::milliseconds(kLookMs)) != std::future_status::ready) {
    ThrowIfStopped(target, stop);
  }
  return resolved.get();
}

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

Probed Probe(const Options& options, const std::atomic<bool>* stop) {
  Probed probed;
  probed.greeting = options.greeting_text;
  RequireOwn(options.sources);
  int error = 0;
  for (const sys::Address& address : Callable(Resolve(options.target, stop), options)) {
    const sys::Fd fd = ConnectTo(address, error, stop);
    if (error != 0) {
      ThrowIfStopped(options.target, stop);
      continue;
    }
    const bool first = probed.addresses.empty();
    if (first && options.greeting == Greeting::kAuto) probed.greeting = Listen(fd.get());
    probed.addresses.push_back(address);
    if (!options.all_addresses) break;
  }
  if (!probed.addresses.empty()) return probed;
  throw std::runtime_error("cannot connect to " + options.target + ": " + std::strerror(error) +
                           "; start the server there, or name where it listens");
}

}  // namespace switchboard::load
