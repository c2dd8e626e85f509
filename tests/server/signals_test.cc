// Signals that do not stop the server, however many come.

#include <doctest/doctest.h>
#include <signal.h>

#include <regex>
#include <string>

#include "switchboard/stats.h"
#include "tests/support/client.h"
#include "tests/support/server_process.h"
#include "tests/support/wait.h"

namespace switchboard::test {
namespace {

// The keys of a line of counters, without the figures.
std::string KeysOf(const std::string& line) {
  return std::regex_replace(line, std::regex("=-?[0-9]+"), "");
}

TEST_CASE("Usr1PrintsEveryCounter") {
  ServerProcess server({"--greeting", ""});
  Client client(server.Address());
  REQUIRE(client.Echo("four") == "four");
  REQUIRE(server.Reaches("bytes_out", 4));  // a reply may arrive before its worker has counted it
  const Fields stats = server.Stats();
  const std::string line = SplitLines(server.Err()).back();
  CHECK_MESSAGE(KeysOf(line).ends_with(" event=stats " + KeysOf(switchboard::Stats().ToLogfmt())),
                line);
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
