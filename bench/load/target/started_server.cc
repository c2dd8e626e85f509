#include "bench/load/target/started_server.h"

#include <chrono>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "bench/load/target/probe.h"
#include "src/linux/fd.h"
#include "src/linux/socket.h"

namespace switchboard::load {
namespace {

// Different ones. Another program may take one before the server does; then the server says so and
// does not come up.
std::array<sys::Address, 2> FreeAddresses() {
  const sys::Address any = sys::Resolve({.host = "127.0.0.1", .port = 0, .unix_path = {}}).front();
  std::array<sys::Fd, 2> sockets;
  std::array<sys::Address, 2> addresses;
  for (size_t i = 0; i < sockets.size(); ++i) {
    sockets[i].Reset(static_cast<int>(sys::StreamSocket(any.family()).value));
    const bool bound = sockets[i] && sys::Bind(sockets[i].get(), any);
    if (!bound) throw std::runtime_error("no free port to use");
    addresses[i] = sys::LocalAddress(sockets[i].get());
  }
  return addresses;
}

std::string WithPort(std::string command, std::string_view place, const sys::Address& address) {
  for (size_t at; (at = command.find(place)) != std::string::npos;) {
    command.replace(at, place.size(), std::to_string(address.port()));
  }
  return command;
}

}  // namespace

StartedServer::StartedServer(const std::string& command, int64_t descriptor_limit,
                             Deadline deadline)
    : addresses_(FreeAddresses()),
      process_(WithPort(WithPort(command, "{port}", address()), "{status}", status()),
               descriptor_limit) {
  while (!Answers(address())) {
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
