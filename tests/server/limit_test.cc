// --max-connections: at the limit callers wait or are told so, and the server recovers.

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

const std::string kGreeting = "hello from server\n";
// How long a caller listens before it believes that nobody answers.
constexpr milliseconds kSilence(300);

// Calls until somebody greets: a place becomes free some time after its caller has left.
bool IsGreetedAgain(const ServerProcess& server) {
  return WaitFor([&] {
    Client caller(server.Address());
    return caller.Receive(kGreeting.size()) == kGreeting;
  });
}

TEST_CASE("HoldsCallersInTheBacklogAtTheLimit") {
  ServerProcess server({"--max-connections", "2", "--when-full", "hold"});
  Client first(server.Address());
  Client second(server.Address());
  REQUIRE(first.Receive(kGreeting.size()) == kGreeting);
  REQUIRE(second.Receive(kGreeting.size()) == kGreeting);

  Client held(server.Address());
  REQUIRE(held.Send("said while on hold") == 18);
  REQUIRE(server.Reaches("held", 1));
  CHECK(held.Receive(1, kSilence) == "");
  CHECK(held.end() == End::kOpen);
  CHECK(server.Stats()["accepted"] == 2);
  CHECK(first.Echo("undisturbed") == "undisturbed");

  first.Close();
  CHECK(held.Receive(kGreeting.size() + 18) == kGreeting + "said while on hold");
  const Fields stats = server.Stats();
  CHECK(stats["accepted"] == 3);
  CHECK(stats["active"] == 2);
  CHECK(stats["rejected"] == 0);
}

TEST_CASE("HoldsByDefault") {
  ServerProcess server({"--max-connections", "1"});
  Client first(server.Address());
  REQUIRE(first.Receive(kGreeting.size()) == kGreeting);
  Client held(server.Address());
  REQUIRE(server.Reaches("held", 1));
  first.Close();
  CHECK(held.Receive(kGreeting.size()) == kGreeting);
}

TEST_CASE("TwiceTheLimitIsServedInTheEnd") {
  constexpr int kLimit = 100;
  ServerProcess server({"--max-connections", std::to_string(kLimit)});
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < 2 * kLimit; ++i) {
    callers.push_back(std::make_unique<Client>(server.Address()));
  }
  for (auto& caller : callers) {
    // In the order of the backlog: those on the line leave and make room for those on hold.
    REQUIRE(caller->Receive(kGreeting.size()) == kGreeting);
    REQUIRE(caller->Echo("at last") == "at last");
    caller->Close();
  }
  REQUIRE(server.Reaches("closed_peer", 2 * kLimit));
  const Fields books = server.Drain();
  CHECK(books["accepted"] == 2 * kLimit);
  CHECK(books["held"] > 0);
  CHECK(books["rejected"] == 0);
}

TEST_CASE("SaysBusyAtTheLimit") {
  ServerProcess server({"--max-connections", "1", "--when-full", "busy"});
  Client first(server.Address());
  REQUIRE(first.Receive(kGreeting.size()) == kGreeting);
  constexpr int kTurnedAway = 50;
  for (int i = 0; i < kTurnedAway; ++i) {
    Client turned_away(server.Address());
    REQUIRE(turned_away.ReceiveUntilEof() == "busy\n");
    REQUIRE(turned_away.end() == End::kEof);
  }
  CHECK(server.Stats()["rejected"] == kTurnedAway);
  CHECK(server.Stats()["held"] == 0);
  CHECK(first.Echo("undisturbed") == "undisturbed");

  first.Close();
  CHECK(IsGreetedAgain(server));
  REQUIRE(WaitFor([&] { return server.Stats()["active"] == 0; }));
  server.Drain();
}

TEST_CASE("DeliversBusyToACallerWhoHasSpoken") {
  ServerProcess server({"--max-connections", "1", "--when-full", "busy"});
  Client first(server.Address());
  REQUIRE(first.Receive(kGreeting.size()) == kGreeting);
  for (int i = 0; i < 50; ++i) {
    Client turned_away(server.Address());
    turned_away.Send("is anybody there? " + RandomBytes(10000, 41));
    REQUIRE(turned_away.ReceiveUntilEof() == "busy\n");
    REQUIRE(turned_away.end() == End::kEof);
  }
}

TEST_CASE("HangsUpWithoutAWordAtTheLimitIfThereIsNoGreeting") {
  ServerProcess server({"--max-connections", "1", "--when-full", "busy", "--greeting", ""});
  Client first(server.Address());
  REQUIRE(first.Echo("first") == "first");
  Client turned_away(server.Address());
  CHECK(turned_away.ReceiveUntilEof() == "");
  CHECK(turned_away.end() == End::kEof);
  CHECK(server.Stats()["rejected"] == 1);
  first.Close();
  CHECK(WaitFor([&] {
    Client caller(server.Address());
    return caller.Echo("again") == "again";
  }));
}

TEST_CASE("TurnedAwayCallersWhoStayKeepNobodyWaiting") {
  ServerProcess server({"--max-connections", "1", "--when-full", "busy"});
  Client first(server.Address());
  REQUIRE(first.Receive(kGreeting.size()) == kGreeting);
  std::vector<std::unique_ptr<Client>> staying;
  for (int i = 0; i < 1500; ++i) staying.push_back(std::make_unique<Client>(server.Address()));
  Client next(server.Address());
  CHECK(next.ReceiveUntilEof(seconds(6)) == "busy\n");
  CHECK(server.Stats()["rejected"] == 1501);
}

// Callers who are turned away and do not leave must not use up the descriptors.
TEST_CASE("TurnedAwayCallersWhoStayCostNoDescriptors") {
  ServerProcess server({"--max-connections", "1", "--when-full", "busy"});
  Client first(server.Address());
  REQUIRE(first.Receive(kGreeting.size()) == kGreeting);
  const int64_t descriptors = DescriptorCount(server.pid());
  std::vector<std::unique_ptr<Client>> staying;
  for (int i = 0; i < 500; ++i) staying.push_back(std::make_unique<Client>(server.Address()));
  for (auto& caller : staying) REQUIRE(caller->ReceiveUntilEof() == "busy\n");
  CHECK(WaitFor([&] { return DescriptorCount(server.pid()) <= descriptors + 1; }));
  CHECK(first.Echo("undisturbed") == "undisturbed");
}

}  // namespace
}  // namespace switchboard::test
