// What networks do to callers: packets are lost, and hosts fall silent.

#include "tests/support/network.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

// A server in a network of its own, and the address at which callers inside reach it.
struct Remote {
  explicit Remote(ServerProcess::Options options, const std::vector<std::string>& wrapper) {
    options.insert(options.end(), {"--listen", "0.0.0.0:0", "--greeting", ""});
    Spawn alone;
    alone.wrapper = wrapper;
    server = std::make_unique<ServerProcess>(options, alone);
    const std::string listens = server->Address();
    address = "127.0.0.1" + listens.substr(listens.rfind(':'));
  }
  std::unique_ptr<ServerProcess> server;
  std::string address;
};

TEST_CASE("EchoesOverANetworkThatLosesPackets") {
  const std::vector<std::string> wrapper = InANetworkOfItsOwn();
  if (wrapper.empty()) return;
  Remote remote({}, wrapper);
  const Inside inside(remote.server->pid());
  SetLoopback(true);
  if (!LosePackets(5)) return;
  constexpr int kCallers = 8;
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < kCallers; ++i) callers.push_back(std::make_unique<Client>(remote.address));
  for (int i = 0; i < kCallers; ++i) {
    const std::string message = RandomBytes(1 << 20, static_cast<uint64_t>(i));
    CHECK(Difference(message, callers[static_cast<size_t>(i)]->Echo(message)) == "");
  }
  for (auto& caller : callers) {
    caller->ShutdownWrite();
    CHECK(caller->ReceiveUntilEof() == "");
    CHECK(caller->end() == End::kEof);
  }
  CHECK(remote.server->Drain()["bytes_out"] == int64_t{kCallers} << 20);
}

TEST_CASE("ACallerWhoFallsSilentWithoutAWordIsIdle") {
  const std::vector<std::string> wrapper = InANetworkOfItsOwn();
  if (wrapper.empty()) return;
  Remote remote({"--idle-timeout", "1", "--keepalive", "0"}, wrapper);
  const Inside inside(remote.server->pid());
  SetLoopback(true);
  Client caller(remote.address);
  REQUIRE(caller.Echo("hello") == "hello");
  SetLoopback(false);
  CHECK(remote.server->Reaches("closed_idle", 1));
}

}  // namespace
}  // namespace switchboard::test
