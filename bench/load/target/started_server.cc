#include "bench/load/target/started_server.h"

#include <chrono>
#include <stdexcept>
#include <thread>

#include "bench/load/target/probe.h"
#include "src/linux/fd.h"
#include "src/linux/socket.h"

namespace switchboard::load {
namespace {

// Another program may take it before the server does; then the server says so and does not come up.
sys::Address FreeAddress() {
  const sys::Address any = sys::Resolve({.host = "127.0.0.1", .port = 0, .unix_path = {}}).front();
  const sys::Fd socket(static_cast<int>(sys::StreamSocket(any.family()).value));
  if (!socket || !sys::Bind(socket.get(), any)) throw std::runtime_error("no free port to use");
  return sys::LocalAddress(socket.get());
}

std::string WithPort(std::string command, uint16_t port) {
  constexpr std::string_view kPlace = "{port}";
  for (size_t at; (at = command.find(kPlace)) != std::string::npos;) {
    command.replace(at, kPlace.size(), std::to_string(port));
  }
  return command;
}

}  // namespace

StartedServer::StartedServer(const std::string& command, int64_t descriptor_limit,
                             Deadline deadline)
    : address_(FreeAddress()), process_(WithPort(command, address_.port()), descriptor_limit) {
  while (!Answers(address_)) {
    if (!Running())
      throw std::runtime_error("'" + command +
                               "' ended before it listened; run it by hand to see why");
    if (deadline.Passed())
      throw std::runtime_error(
          "'" + command +
          "' did not listen in time; does it listen at 127.0.0.1 and the port that it is given?");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace switchboard::load
