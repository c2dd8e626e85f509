// Told to stop with time for it: lame duck, no new callers, drain; and who is in a hurry. What the
// phases do to callers, to the millisecond, is asked on the simulated clock
// (sim/deadlines_test.cc).

#include <doctest/doctest.h>
#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

bool Begins(const ServerProcess& server, const std::string& phase) {
  return WaitFor([&] { return !server.Logged(phase + "_begin").empty(); });
}

// A signal that follows at once belongs to the same request.
void SignalAgain(ServerProcess& server) {
  std::this_thread::sleep_for(milliseconds(150));
  server.Signal(SIGTERM);
}

TEST_CASE("EachFurtherSignalEndsThePresentPhase") {
  ServerProcess server({"--greeting", "", "--lame-duck", "600", "--drain-callers", "600",
                        "--drain-timeout", "600", "--write-timeout", "0"});
  Client caller(server.Address()), deaf(server.Address());
  REQUIRE(caller.Echo("hello") == "hello");
  const std::string block = RandomBytes(1 << 20, 61);
  while (deaf.Send(block, milliseconds(500)) == block.size()) {
  }
  server.Signal(SIGTERM);
  REQUIRE(Begins(server, "lame_duck"));
  Client late(server.Address());
  CHECK(late.Echo("still there?") == "still there?");

  SignalAgain(server);
  REQUIRE(Begins(server, "no_new_callers"));
  CHECK(WaitFor([&] { return IsRefused(server.Address()); }));
  CHECK(caller.Echo("and I?") == "and I?");

  SignalAgain(server);
  REQUIRE(Begins(server, "drain"));
  CHECK(caller.ReceiveUntilEof() == "");
  CHECK(caller.end() == End::kEof);
  CHECK_FALSE(server.WaitForExit(milliseconds(0)).has_value());

  SignalAgain(server);
  CHECK(server.WaitForExit() == 1);
}

TEST_CASE("TwoSignalsAtOnceAreOneRequest") {
  ServerProcess server({"--lame-duck", "600", "--drain-callers", "600"});
  server.Signal(SIGTERM);
  server.Signal(SIGINT);
  REQUIRE(Begins(server, "lame_duck"));
  CHECK_FALSE(server.WaitForExit(milliseconds(300)).has_value());
  CHECK(server.Logged("no_new_callers_begin").empty());
}

TEST_CASE("APhaseWithoutTimeIsLeftOut") {
  ServerProcess server({"--greeting", "", "--drain-callers", "600"});
  Client caller(server.Address());
  REQUIRE(caller.Echo("hello") == "hello");
  server.Signal(SIGTERM);
  REQUIRE(Begins(server, "no_new_callers"));
  CHECK(caller.Echo("I shall go by myself") == "I shall go by myself");
  caller.Close();
  CHECK(server.WaitForExit() == 0);
  CHECK(server.Logged("lame_duck_begin").empty());
  CHECK(server.Logged("drained").at(0)["closed_peer"] == 1);
}

// Stopped, so that nobody is accepted before the signal is seen.
TEST_CASE("NobodyOnHoldIsResetByAStop") {
  ServerProcess server({"--greeting", ""});
  server.Signal(SIGSTOP);
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < 200; ++i) {
    callers.push_back(std::make_unique<Client>(server.Address()));
    REQUIRE(callers.back()->Send("hello") == 5);
  }
  server.Signal(SIGTERM);
  server.Signal(SIGCONT);
  for (auto& caller : callers) {
    CHECK(caller->ReceiveUntilEof() == "hello");
    CHECK(caller->end() == End::kEof);
    caller->Close();
  }
  CHECK(server.WaitForExit() == 0);
  const Fields books = server.Logged("drained").at(0);
  CHECK(books["accepted"] == 200);
  CHECK(books["bytes_out"] == 200 * 5);
}

}  // namespace
}  // namespace switchboard::test
