// --once: the server hangs up after the first echo.

#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "tests/support/client.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

const std::string kGreeting = "hello from server\n";

TEST_CASE("HangsUpAfterTheFirstEcho") {
  ServerProcess server({"--once"});
  Client caller(server.Address());
  REQUIRE(caller.Receive(kGreeting.size()) == kGreeting);
  REQUIRE(caller.Send("only this\n") == 10);
  CHECK(caller.ReceiveUntilEof() == "only this\n");
  CHECK(caller.end() == End::kEof);
  caller.Close();
  REQUIRE(server.Reaches("closed_served", 1));
  const Fields books = server.Drain();
  CHECK(books["closed_served"] == 1);
  CHECK(books["bytes_in"] == 10);
  CHECK(books["bytes_out"] == 10);
}

TEST_CASE("EchoesAtMost1000BytesOnce") {
  ServerProcess server({"--once", "--greeting", ""});
  const std::string message = RandomBytes(1500, 81);
  Client caller(server.Address());
  REQUIRE(caller.Send(message) == message.size());
  CHECK(Difference(message.substr(0, 1000), caller.ReceiveUntilEof()) == "");
  CHECK(caller.end() == End::kEof);
  caller.Close();
  REQUIRE(server.Reaches("closed_served", 1));
  const Fields books = server.Drain();
  CHECK(books["bytes_in"] == 1000);
  CHECK(books["bytes_out"] == 1000);
  CHECK(books["unheard"] == 500);
}

TEST_CASE("EchoesExactly1000BytesOnce") {
  ServerProcess server({"--once", "--greeting", ""});
  const std::string message = RandomBytes(1000, 82);
  Client caller(server.Address());
  REQUIRE(caller.Send(message) == message.size());
  CHECK(Difference(message, caller.ReceiveUntilEof()) == "");
  CHECK(caller.end() == End::kEof);
}

// The caller goes on talking; a plain close would answer that with a reset, which destroys the echo
// on its way.
TEST_CASE("DeliversTheOnlyEchoToACallerWhoKeepsTalking") {
  ServerProcess server({"--once", "--greeting", ""});
  const std::string message = RandomBytes(1 << 20, 83);
  for (int i = 0; i < 20; ++i) {
    Client caller(server.Address());
    std::string echoed = caller.EchoAndHalfClose(message);
    CHECK(caller.end() == End::kEof);
    CHECK(echoed.size() >= 1);
    CHECK(echoed.size() <= 1000);
    CHECK(Difference(message.substr(0, echoed.size()), echoed) == "");
  }
  CHECK(server.Reaches("closed_served", 20));
}

TEST_CASE("ServesOneCallerAfterAnotherOnce") {
  ServerProcess server({"--once"});
  for (int i = 0; i < 300; ++i) {
    const std::string message = "call " + std::to_string(i);
    Client caller(server.Address());
    REQUIRE(caller.Receive(kGreeting.size()) == kGreeting);
    REQUIRE(caller.Send(message) == message.size());
    REQUIRE(caller.ReceiveUntilEof() == message);
  }
  CHECK(server.Reaches("closed_served", 300));
}

TEST_CASE("HangsUpOnACallerWhoSaysNothingAndHalfCloses") {
  ServerProcess server({"--once"});
  Client caller(server.Address());
  caller.ShutdownWrite();
  CHECK(caller.ReceiveUntilEof() == kGreeting);
  CHECK(server.Reaches("closed_peer", 1));
}

// A caller who never hangs up must not keep the server's half of the call for ever.
TEST_CASE("DoesNotWaitForEverForTheCallerToHangUpToo") {
  ServerProcess server({"--once", "--greeting", ""});
  Client caller(server.Address());
  REQUIRE(caller.Send("x") == 1);
  REQUIRE(caller.ReceiveUntilEof() == "x");
  CHECK(WaitFor([&] { return server.Stats()["active"] == 0; }));
}

// The echo has arrived, and the end with it, but the caller has not looked yet. On a machine that
// lets nobody run for seconds one of them may fail.
TEST_CASE("WhoHasNotReadItsEndYetMayTalkOn") {
  ServerProcess server({"--once", "--greeting", ""});
  const auto talks_on = [&server] {
    Client caller(server.Address());
    REQUIRE(caller.Send("x") == 1);
    REQUIRE(server.Reaches("bytes_out", 1));
    for (int i = 0; i < 50; ++i) {
      if (caller.SendSome("y") != 1) return false;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return caller.ReceiveUntilEof() == "x" && caller.end() == End::kEof;
  };
  CHECK((talks_on() || talks_on() || talks_on()));
}

// The caller gets a while to hang up, too, but not for ever.
TEST_CASE("LetsGoOfACallerWhoTalksOn") {
  ServerProcess server({"--once", "--greeting", ""});
  Client caller(server.Address());
  const std::string block(64 << 10, 'x');
  CHECK(WaitFor([&] { return caller.Send(block, milliseconds(100)) < block.size(); }));
  REQUIRE(server.Reaches("closed_served", 1));
  const Fields books = server.Drain();
  CHECK(books["bytes_in"] == 1000);
  CHECK(books["unheard"] > 0);
}

}  // namespace
}  // namespace switchboard::test
