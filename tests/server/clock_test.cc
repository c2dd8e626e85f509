// The clock of the day may step, as when it is set by hand or by a time server: no deadline heeds
// it. The other one is looked at for many messages at once.

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

TEST_CASE("NoDeadlineHeedsTheClockOfTheDay") {
  if (kSanitized) {
    MESSAGE("left out: a sanitizer must be loaded first");
    return;
  }
  Spawn stepping;
  stepping.wrapper = {"env", "LD_PRELOAD=" STEPPING_CLOCK};
  ServerProcess server({"--greeting", "", "--idle-timeout", "3", "--log-level", "debug"}, stepping);
  Client talking(server.Address()), silent(server.Address());
  REQUIRE(silent.Echo("last words") == "last words");
  const Deadline short_of_the_timeout(milliseconds(1500));
  while (!short_of_the_timeout.Passed()) REQUIRE(talking.Echo("still here") == "still here");
  const Fields stats = server.Stats();
  CHECK(stats["active"] == 2);
  const bool hung_up = WaitFor([&] {
    REQUIRE(talking.Echo("still here") == "still here");
    return server.Stats()["closed_idle"] == 1;
  });
  CHECK(hung_up);
  const auto hour = [](const Fields& line) { return line.Text("time").substr(11, 2); };
  const auto lines = server.Logged("stats");
  REQUIRE(lines.size() >= 2);
  CHECK(hour(lines[0]) != hour(lines[1]));  // the clock does step
}

uint64_t CountIn(const std::string& path) {
  uint64_t count = 0;
  const std::string bytes = Contents(path);
  if (bytes.size() == sizeof(count)) std::memcpy(&count, bytes.data(), sizeof(count));
  return count;
}

// The server is stopped while they speak, so that it hears all of them at once however busy the
// machine is.
TEST_CASE("LooksAtTheClockOnceForManyMessages") {
  if (kSanitized) {
    MESSAGE("left out: a sanitizer must be loaded first");
    return;
  }
  constexpr int kCallers = 64, kRounds = 30;
  const TempFolder folder;
  const std::string reads = folder / "reads";
  Spawn counting;
  counting.wrapper = {"env", "LD_PRELOAD=" COUNTING_CLOCK, "CLOCK_READS=" + reads};
  ServerProcess server({"--listen", "127.0.0.1:0", "--greeting", ""}, counting);
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.push_back(std::make_unique<Client>(server.Address()));
    REQUIRE(callers.back()->Echo("hello") == "hello");
  }
  // Jobs that seem long are timed one at a time, and on a busy machine any of them may: what counts
  // is the best round.
  uint64_t fewest = UINT64_MAX;
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t before = CountIn(reads);
    REQUIRE(before > 0);
    server.Signal(SIGSTOP);
    for (const auto& caller : callers) REQUIRE(caller->Send("64 at once") == 10);
    server.Signal(SIGCONT);
    for (const auto& caller : callers) REQUIRE(caller->Receive(10) == "64 at once");
    fewest = std::min(fewest, CountIn(reads) - before);
  }
  const double a_message = static_cast<double>(fewest) / kCallers;
  MESSAGE(a_message << " clock reads a message");
  CHECK(a_message < 0.6);
}

}  // namespace
}  // namespace switchboard::test
