#include "bench/models/model.h"

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "bench/linux/socket.h"
#include "src/linux/address.h"
#include "src/linux/process.h"
#include "src/linux/socket.h"

namespace switchboard::model {
namespace {

constexpr int kBacklog = 4096;

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
  if (argc != 2) throw std::invalid_argument("give one argument, [ADDRESS:]PORT");
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
    if (!SendAll(fd, {buffer, static_cast<size_t>(got.value)})) return;
  }
}

}  // namespace switchboard::model
