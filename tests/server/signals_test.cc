// Signals that do not stop the server, however many come.

#include <doctest/doctest.h>
#include <signal.h>

#include <string>

#include "tests/support/client.h"
#include "tests/support/server_process.h"
#include "tests/support/wait.h"

namespace switchboard::test {
namespace {

TEST_CASE("Usr1PrintsEveryCounter") {
  ServerProcess server({"--greeting", ""});
  Client client(server.Address());
  REQUIRE(client.Echo("four") == "four");
  REQUIRE(server.Reaches("bytes_out", 4));  // a reply may arrive before its worker has counted it
  const Fields stats = server.Stats();
  for (const char* key : {"accepted",
                          "active",
                          "closed",
                          "closed_peer",
                          "closed_reset",
                          "closed_idle",
                          "closed_write_timeout",
                          "closed_served",
                          "closed_drain",
                          "closed_error",
                          "bytes_in",
                          "bytes_out",
                          "unsolicited",
                          "discarded",
                          "lost",
                          "buffered",
                          "rejected",
                          "held",
                          "yields",
                          "accept_paused",
                          "log_dropped",
                          "listen_overflows"}) {
    CAPTURE(key);
    CHECK(stats.Has(key));
  }
  CHECK(stats["accepted"] == 1);
  CHECK(stats["active"] == 1);
  CHECK(stats["closed"] == 0);
  CHECK(stats["bytes_in"] == 4);
  CHECK(stats["bytes_out"] == 4);
  CHECK(stats["buffered"] == 0);
}

TEST_CASE("HupAndPipeDoNotEndIt") {
  ServerProcess server({"--greeting", ""});
  Client client(server.Address());
  for (const int signal : {SIGHUP, SIGPIPE}) {
    server.Signal(signal);
    CHECK(client.Echo("still there?") == "still there?");
    CHECK_FALSE(server.WaitForExit(milliseconds(100)).has_value());
  }
  CHECK(server.Stats()["active"] == 1);
}

TEST_CASE("SurvivesAStormOfSignals") {
  ServerProcess server({"--greeting", "", "--workers", "4"});
  Client client(server.Address());
  const std::string message = RandomBytes(100000, 71);
  for (int round = 0; round < 300; ++round) {
    for (const int signal : {SIGHUP, SIGPIPE, SIGUSR1}) server.Signal(signal);
    if (round % 3 == 0) REQUIRE(client.Echo(message) == message);
  }
  CHECK(WaitFor([&] { return !server.Logged("stats").empty(); }));
  client.Close();
  REQUIRE(server.Reaches("closed_peer", 1));
  const Fields books = server.Drain();
  CHECK(books["bytes_out"] == 100 * 100000);
  CHECK(books["lost"] == 0);
}

}  // namespace
}  // namespace switchboard::test
