// The clock of the day may step, as when it is set by hand or by a time server: no deadline heeds
// it.

#include <doctest/doctest.h>

#include <string>

#include "tests/support/build.h"
#include "tests/support/client.h"
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

}  // namespace
}  // namespace switchboard::test
