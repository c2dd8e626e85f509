// However a caller ends the call, the replies that can still be delivered are, and the books say
// what happened.

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <string>

#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

TEST_CASE("EchoesEveryByteAfterHalfClose") {
  ServerProcess server({"--greeting", ""});
  const std::string message = RandomBytes(4 << 20, 7);
  Client client(server.Address());
  CHECK(Difference(message, client.EchoAndHalfClose(message)) == "");
  CHECK(client.end() == End::kEof);
  REQUIRE(server.Reaches("closed_peer", 1));
  const Fields books = server.Drain();
  CHECK(books["bytes_out"] == 4 << 20);
  CHECK(books["lost"] == 0);
}

TEST_CASE("EchoesEveryByteToAHalfClosedCallerWhoReadsLate") {
  ServerProcess server({"--greeting", ""});
  const std::string message = RandomBytes(300000, 8);
  Client client(server.Address(), 4096);
  REQUIRE(client.Send(message) == message.size());
  client.ShutdownWrite();
  REQUIRE(server.Reaches("bytes_in", 1));
  CHECK(Difference(message, client.ReceiveUntilEof()) == "");
  CHECK(client.end() == End::kEof);
}

// MSG_MORE holds the data back until the FIN takes it along in the same segment.
TEST_CASE("EchoesDataThatComesWithTheEndOfStream") {
  ServerProcess server({"--greeting", ""});
  constexpr int kCallers = 1000;
  for (int i = 0; i < kCallers; ++i) {
    const std::string message = "last words " + std::to_string(i);
    Client client(server.Address());
    REQUIRE(client.WaitConnected());
    REQUIRE(::send(client.fd(), message.data(), message.size(), MSG_MORE) ==
            static_cast<ssize_t>(message.size()));
    client.ShutdownWrite();
    REQUIRE(client.ReceiveUntilEof() == message);
    REQUIRE(client.end() == End::kEof);
  }
  REQUIRE(server.Reaches("closed_peer", kCallers));
  CHECK(server.Drain()["lost"] == 0);
}

TEST_CASE("CountsCallersWhoConnectAndLeave") {
  ServerProcess server({"--greeting", ""});
  const std::string log_before = server.Err();
  constexpr int kCallers = 1000;
  for (int i = 0; i < kCallers; ++i) {
    Client client(server.Address());
    REQUIRE(client.WaitConnected());
  }
  REQUIRE(WaitFor([&] { return server.Stats()["closed_peer"] >= kCallers; }));
  for (const std::string& line : SplitLines(server.Err().substr(log_before.size()))) {
    CHECK(Fields::Parse(line).Text("event") == "stats");
  }
  const Fields books = server.Drain();
  CHECK(books["accepted"] == kCallers);
  CHECK(books["bytes_in"] == 0);
}

// One storm of resets, each in the middle of an echo. `wait_for_echo`: the reset comes when the
// worker is known to be writing; otherwise it comes anywhere from the backlog on.
void ResetStorm(int callers, bool wait_for_echo) {
  ServerProcess server({"--greeting", "", "--workers", "4"});
  Client bystander(server.Address());
  REQUIRE(bystander.Echo("here") == "here");
  const int64_t descriptors = DescriptorCount(server.pid());

  const std::string message = RandomBytes(128 << 10, 9);
  for (int i = 0; i < callers; ++i) {
    Client client(server.Address());
    REQUIRE(client.WaitConnected());
    client.SendSome(message);
    if (wait_for_echo) REQUIRE(client.Receive(1).size() == 1);
    client.Reset();
    if (i % 100 == 0) REQUIRE(bystander.Echo("still here") == "still here");
  }

  CHECK(server.Reaches("closed_reset", callers));
  const Fields stats = server.Stats();
  CHECK(stats["accepted"] == callers + 1);
  CHECK(stats["active"] == 1);
  CHECK(stats["buffered"] == 0);
  CHECK(DescriptorCount(server.pid()) == descriptors);
  CHECK(server.Err().find("level=warn") == std::string::npos);
  bystander.Close();
  REQUIRE(server.Reaches("closed_peer", 1));
  CHECK(server.Drain()["accepted"] == callers + 1);
}

TEST_CASE("SurvivesTenThousandResetsWhileAWorkerWrites") { ResetStorm(10000, true); }

TEST_CASE("SurvivesResetsAtAnyMoment") { ResetStorm(kSanitized ? 1000 : 3000, false); }

}  // namespace
}  // namespace switchboard::test
