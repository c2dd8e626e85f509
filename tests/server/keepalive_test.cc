// --keepalive: a caller whose host has vanished is let go, one that is merely silent is not.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/network.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

const std::string kGreeting = "hello from server\n";

std::string PortOf(const std::string& address) { return address.substr(address.rfind(':') + 1); }

// For each connection that the server has: when the kernel asks whether the caller is there, in
// hundredths of a second; -1 if it does not, or has something else to wait for first, such as an
// acknowledgement. proc_net_tcp(5).
std::vector<int> KeepaliveTimers(const ServerProcess& server) {
  std::ifstream table("/proc/" + std::to_string(server.pid()) + "/net/tcp");
  std::vector<int> timers;
  for (std::string line; std::getline(table, line);) {
    unsigned port = 0, state = 0, timer = 0, due = 0;
    std::sscanf(line.c_str(), "%*d: %*8x:%x %*8x:%*x %x %*x:%*x %x:%x", &port, &state, &timer,
                &due);
    constexpr unsigned kEstablished = 1, kKeepalive = 2;
    if (std::to_string(port) != PortOf(server.Address()) || state != kEstablished) continue;
    timers.push_back(timer == kKeepalive ? static_cast<int>(due) : -1);
  }
  return timers;
}

bool WatchesAll(const ServerProcess& server, size_t callers) {
  return WaitFor([&] {
    const std::vector<int> timers = KeepaliveTimers(server);
    return timers.size() == callers && std::ranges::min(timers) >= 0;
  });
}

TEST_CASE("LetsGoOfCallersWhoseHostHasVanished") {
  Spawn alone;
  alone.wrapper = InANetworkOfItsOwn();
  if (alone.wrapper.empty()) return;
  ServerProcess server({"--listen", "0.0.0.0:0", "--keepalive", "1"}, alone);
  std::unique_ptr<Client> silent, talking;
  {
    const Inside inside(server.pid());
    SetLoopback(true);
    const std::string address = "127.0.0.1:" + PortOf(server.Address());
    silent = std::make_unique<Client>(address);
    talking = std::make_unique<Client>(address);
    REQUIRE(silent->Receive(kGreeting.size()) == kGreeting);
    REQUIRE(talking->Receive(kGreeting.size()) == kGreeting);
    REQUIRE(talking->Echo("hello") == "hello");
    REQUIRE(WatchesAll(server, 2));
    SetLoopback(false);
  }
  CHECK(server.Reaches("closed_vanished", 2));
  CHECK(server.Stats()["active"] == 0);
  server.Drain();
}

TEST_CASE("AReaderWhoStopsHasNotVanished") {
  ServerProcess server({"--keepalive", "1", "--write-timeout", "0", "--greeting", ""});
  Client caller(server.Address(), 8 << 10);
  const std::string message = RandomBytes(32 << 20, 71);
  const size_t said = caller.SendSome(message);
  std::this_thread::sleep_for(seconds(3));
  CHECK(Difference(message.substr(0, said), caller.Receive(said)) == "");
  CHECK(caller.Echo("still there") == "still there");
}

TEST_CASE("AsksAfterAMinuteUnlessToldOtherwise") {
  ServerProcess usual, patient({"--keepalive", "120"}), never({"--keepalive", "0"});
  Client one(usual.Address()), two(patient.Address()), three(never.Address());
  for (Client* const caller : {&one, &two, &three}) {
    REQUIRE(caller->Receive(kGreeting.size()) == kGreeting);
  }
  REQUIRE(WatchesAll(usual, 1));
  CHECK(KeepaliveTimers(usual).front() <= 6000);
  REQUIRE(WatchesAll(patient, 1));
  CHECK(KeepaliveTimers(patient).front() > 6000);
  CHECK(KeepaliveTimers(never) == std::vector<int>{-1});
}

}  // namespace
}  // namespace switchboard::test
