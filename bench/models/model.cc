#include "bench/models/model.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "bench/linux/socket.h"
#include "src/linux/address.h"
#include "src/linux/process.h"
#include "src/linux/socket.h"
#include "src/linux/thread.h"

namespace switchboard::model {
namespace {

constexpr int kBacklog = 4096;

std::chrono::microseconds service_time{0};  // constant once it serves

std::chrono::microseconds ServiceTime(std::string_view text) {
  int microseconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), microseconds);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || microseconds < 0) {
    throw std::invalid_argument("MICROSECONDS cannot be '" + std::string(text) + "'");
  }
  return std::chrono::microseconds(microseconds);
}

int OrThrow(sys::Result result, const std::string& what) {
  if (!result) throw std::system_error(result.error, std::generic_category(), what);
  return static_cast<int>(result.value);
}

sys::Fd ListenAt(const std::string& text) {
  sys::Endpoint endpoint = sys::ParseEndpoint(text);
  if (endpoint.host.empty()) endpoint.host = "127.0.0.1";
  const sys::Address address = sys::Resolve(endpoint).front();
  const std::string what = "cannot listen at '" + text + "'";
  sys::Fd listener(OrThrow(sys::StreamSocket(address.family()), what));
  OrThrow(sys::SetReuseAddress(listener.get()), what);
  OrThrow(sys::Bind(listener.get(), address), what);
  OrThrow(sys::Listen(listener.get(), kBacklog), what);
  return listener;
}

}  // namespace

int Run(int argc, char** argv, void (*serve)(sys::Fd listener)) try {
  if (argc < 2 || argc > 3) {
    throw std::invalid_argument("give [ADDRESS:]PORT, and how many MICROSECONDS the service takes");
  }
  if (argc == 3) service_time = ServiceTime(argv[2]);
  sys::WakePunctually();  // as do the threads and processes that are started later
  sys::RaiseDescriptorLimit();
  sys::Fd listener = ListenAt(argv[1]);
  std::printf("server listening at %s\n", sys::LocalAddress(listener.get()).ToString().c_str());
  std::fflush(stdout);
  serve(std::move(listener));
  return 0;
} catch (const std::invalid_argument& error) {
  std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
  return 1;
}

sys::Fd NextCaller(int listener) {
  sys::Result accepted = sys::Accept(listener);
  while (accepted.error == ECONNABORTED) accepted = sys::Accept(listener);  // gone while it waited
  sys::Fd caller(OrThrow(accepted, "cannot take a caller"));
  OrThrow(sys::SetBlocking(caller.get()), "cannot wait for a caller");
  (void)sys::SetNoDelay(caller.get(), true);  // fails only on a socket that is already broken
  return caller;
}

void TakeTime() {
  if (service_time.count() > 0) std::this_thread::sleep_for(service_time);
}

bool SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const sys::Result sent = sys::Send(fd, bytes.data(), bytes.size());
    if (!sent) return false;
    bytes.remove_prefix(static_cast<size_t>(sent.value));
  }
  return true;
}

void EchoUntilHangUp(int fd) {
  char buffer[kBufferBytes];
  for (;;) {
    const sys::Result got = sys::Recv(fd, buffer, sizeof(buffer));
    if (!got || got.value == 0) return;
    TakeTime();
    if (!SendAll(fd, {buffer, static_cast<size_t>(got.value)})) return;
  }
}

}  // namespace switchboard::model
