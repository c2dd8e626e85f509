// --max-per-address: one host cannot take the lines of all.

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "src/linux/address.h"
#include "src/linux/socket.h"
#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

const std::string kGreeting = "hello from server\n";

using Callers = std::vector<std::unique_ptr<Client>>;

std::string PortOf(const std::string& address) { return address.substr(address.rfind(':') + 1); }

bool HaveIpv6() {
  const sys::Fd fd(static_cast<int>(sys::StreamSocket(AF_INET6).value));
  return fd && sys::Bind(fd.get(), sys::NumericAddress("::1").value());
}

// `count` callers from `source` are greeted and stay on the line.
void CheckLetIn(const std::string& address, const std::string& source, int count,
                Callers& callers) {
  INFO("from " << source << " to " << address);
  for (int i = 0; i < count; ++i) {
    callers.push_back(std::make_unique<Client>(address, 0, source));
    REQUIRE(callers.back()->Receive(kGreeting.size()) == kGreeting);
  }
}

void CheckTurnedAway(const std::string& address, const std::string& source) {
  INFO("from " << source << " to " << address);
  Client caller(address, 0, source);
  CHECK(caller.ReceiveUntilEof() == "busy\n");
  CHECK(caller.end() == End::kEof);
}

TEST_CASE("OneHostTakesItsLinesAndNoMore") {
  ServerProcess server({"--max-per-address", "3"});
  Callers greedy, others;
  CheckLetIn(server.Address(), "127.0.0.2:0", 3, greedy);
  for (int i = 0; i < 5; ++i) CheckTurnedAway(server.Address(), "127.0.0.2:0");
  CheckLetIn(server.Address(), "127.0.0.3:0", 3, others);
  CheckLetIn(server.Address(), "127.1.0.2:0", 1, others);
  for (auto& caller : greedy) CHECK(caller->Echo("undisturbed") == "undisturbed");
  const Fields stats = server.Stats();
  CHECK(stats["rejected"] == 5);
  CHECK(stats["rejected_by_address"] == 5);
  CHECK(stats["accepted"] == 7);
  CHECK(stats["held"] == 0);
  REQUIRE(server.Logged("rejected").size() > 0);
  CHECK(server.Logged("rejected").front().Text("reason") == "max_per_address");
  CHECK(server.Logged("rejected").front().Text("peer").starts_with("127.0.0.2:"));
  greedy.clear();
  others.clear();
  server.Drain();
}

TEST_CASE("ALineIsFreeAgainWhenItsCallerHasGone") {
  ServerProcess server({"--max-per-address", "2"});
  for (int round = 1; round <= 20; ++round) {
    Callers callers;
    CheckLetIn(server.Address(), "127.0.0.2:0", 2, callers);
    CheckTurnedAway(server.Address(), "127.0.0.2:0");
    callers.front()->Reset();
    callers.clear();
    REQUIRE(WaitFor([&] { return server.Stats()["active"] == 0; }));
  }
  CHECK(server.Drain()["rejected_by_address"] == 20);
}

// Who calls beyond the limit is not left in the backlog, where others would have to wait behind.
TEST_CASE("HoldsNobodyUp") {
  ServerProcess server({"--max-per-address", "1", "--when-full", "hold"});
  Callers callers;
  CheckLetIn(server.Address(), "127.0.0.2:0", 1, callers);
  Callers staying;
  for (int i = 0; i < 400; ++i) {
    staying.push_back(std::make_unique<Client>(server.Address(), 0, "127.0.0.2:0"));
  }
  CheckLetIn(server.Address(), "127.0.0.3:0", 1, callers);
  CHECK(server.Reaches("rejected_by_address", 400));
  // Some were told, the others hung up on at once, for as long as too many were being told.
  for (auto& caller : staying) {
    const std::string heard = caller->ReceiveUntilEof();
    CHECK((heard == "busy\n" || heard == ""));
    CHECK(caller->end() != End::kOpen);
  }
  CHECK(WaitFor([&] { return DescriptorCount(server.pid()) < 100; }));
  callers.clear();
  staying.clear();
  server.Drain();
}

TEST_CASE("IsOneLimitAtAllListeners") {
  ServerProcess server({"--max-per-address", "2", "--listen", "127.0.0.1:0", "--listen",
                        "127.0.0.1:0=daytime", "--listen", "127.0.0.1:0"});
  Callers callers;
  CheckLetIn(server.Address(0), "127.0.0.2:0", 1, callers);
  CheckLetIn(server.Address(2), "127.0.0.2:0", 1, callers);
  CheckTurnedAway(server.Address(1), "127.0.0.2:0");
  callers.clear();
  server.Drain();
}

TEST_CASE("AnIpv4CallerOfAnIpv6SocketIsTheSameHost") {
  if (!HaveIpv6()) {
    MESSAGE("left out: this machine has no IPv6");
    return;
  }
  ServerProcess server({"--max-per-address", "2", "--listen", "0", "--listen", "127.0.0.1:0"});
  const std::string mapped = "127.0.0.1:" + PortOf(server.Address());
  const std::string plain = server.Addresses().back();
  Callers callers;
  CheckLetIn(mapped, "127.0.0.2:0", 1, callers);
  CheckLetIn(plain, "127.0.0.2:0", 1, callers);
  CheckTurnedAway(mapped, "127.0.0.2:0");
  CheckTurnedAway(plain, "127.0.0.2:0");
  CheckLetIn(mapped, "127.0.0.3:0", 2, callers);
  // Its address is in no IPv4 caller's way.
  const std::string ipv6 = "[::1]:" + PortOf(server.Address());
  CheckLetIn(ipv6, "[::1]:0", 2, callers);
  CheckTurnedAway(ipv6, "[::1]:0");
  callers.clear();
  server.Drain();
}

TEST_CASE("UnixSocketsHaveNoSuchLimit") {
  const TempFolder folder;
  ServerProcess server({"--max-per-address", "1", "--listen", "unix:" + folder / "s"});
  Callers callers;
  CheckLetIn(server.Address(), "", 5, callers);
  CHECK(server.Stats()["rejected_by_address"] == 0);
  callers.clear();
  server.Drain();
}

TEST_CASE("ThereIsNoLimitUnlessToldSo") {
  ServerProcess server({"--max-per-address", "0"}), usual;
  for (ServerProcess* const each : {&server, &usual}) {
    Callers callers;
    CheckLetIn(each->Address(), "127.0.0.2:0", 50, callers);
    CHECK(each->Stats()["rejected"] == 0);
    callers.clear();
    each->Drain();
  }
}

}  // namespace
}  // namespace switchboard::test
