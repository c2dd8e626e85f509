// What several processes have counted, when one of them has died.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>

#include <cstdint>
#include <string>
#include <vector>

#include "src/linux/fd.h"
#include "tests/processes/family.h"

namespace switchboard::test {
namespace {

void CheckBalance(const Fields& books) {
  CHECK(books["accepted"] == books["active"] + books["closed"]);
  CHECK(books["bytes_in"] ==
        books["bytes_out"] + books["lost"] + books["discarded"] + books["buffered"]);
}

TEST_CASE("NoCountIsGoneWithTheProcessesThatDie") {
  Family family(2);
  int64_t accepted = 0, bytes = 0, closed = 0;
  for (int round = 0; round < 3; ++round) {
    Callers callers = Call(family.server.Address(), 20);
    REQUIRE(Unanswered(callers) == 0);
    accepted += 20;
    bytes += 20 * 5;
    const std::vector<pid_t> before = family.Children();
    const int64_t lines = family.StatsOf(before.at(0))["active"];
    REQUIRE(::kill(before.at(0), SIGKILL) == 0);
    REQUIRE(WaitFor([&] { return family.IsWhole({before.at(0)}); }));
    closed += lines;
    const Fields books = family.Total();
    CHECK(books["accepted"] == accepted);
    CHECK(books["bytes_in"] == bytes);
    CHECK(books["closed_process"] == closed);
    CHECK(books["active"] == 20 - lines);
    CheckBalance(books);
    callers.clear();
    REQUIRE(WaitFor([&] { return family.Total()["active"] == 0; }));
  }
  family.server.Drain();
}

// One of them is stopped, and has its line all the same.
TEST_CASE("TheParentSaysWhatAllAndEachHaveCounted") {
  Family family(3);
  Callers callers = Call(family.server.Address(), 30);
  REQUIRE(Unanswered(callers) == 0);
  const pid_t stopped = family.Children().at(0);
  REQUIRE(::kill(stopped, SIGSTOP) == 0);
  const Fields total = family.server.Stats();
  CHECK(total["active"] == 30);
  REQUIRE(WaitFor([&] { return family.server.Logged("stats").size() == 4; }));
  int64_t sum = 0;
  const std::vector<Fields> lines = family.server.Logged("stats");
  for (size_t i = 1; i < lines.size(); ++i) {
    CHECK(lines[i]["process"] == static_cast<int64_t>(i));
    CHECK(lines[i]["listen_overflows"] == total["listen_overflows"]);
    sum += lines[i]["active"];
  }
  CHECK(sum == 30);
  REQUIRE(::kill(stopped, SIGCONT) == 0);
}

// Nobody takes what they say: each counts the lines of its log and its trace.
TEST_CASE("LinesThatProcessesDropAreOfAll") {
  const TempFolder folder;
  const std::string address = "unix:" + folder / "s";
  const sys::Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  REQUIRE(full);
  Spawn spawn;
  spawn.standard_output = full.get();
  ServerProcess server = ServerProcess::WithoutWaiting(
      {"--processes", "2", "--listen", address, "--greeting", "", "--trace"}, spawn);
  REQUIRE(WaitFor([&] { return !IsRefused(address); }));
  Callers callers = Call(address, 20);
  REQUIRE(Unanswered(callers) == 0);
  CHECK(server.Reaches("log_dropped", 20));
  server.Signal(SIGTERM);
  CHECK(server.WaitForExit() == 0);
}

}  // namespace
}  // namespace switchboard::test
