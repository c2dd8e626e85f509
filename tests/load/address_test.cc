// Targets whose name has several addresses: which are called, and from where.

#include <doctest/doctest.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/load/run/load.h"
#include "bench/load/show/text.h"
#include "tests/load/support.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::load {
namespace {

std::string PortOf(const std::string& target) { return target.substr(target.rfind(':') + 1); }

Options RunAgainstName(const std::string& port) {
  Options options = ShortRun("localhost:" + port);
  options.connections = 4;
  options.messages = 400;
  options.duration_s = 0;
  return options;
}

TEST_CASE("TheReportSaysWhichAddressWasCalled") {
  TestServer server(Echo);
  const Report report = RunLoad(RunAgainstName(PortOf(server.target())));
  CHECK(report.addresses == std::vector<std::string>{server.target()});
  CHECK(ToText(report).find("(" + server.target() + "): 4 connections") != std::string::npos);
}

TEST_CASE("ASourceChoosesAmongTheAddresses") {
  TestServer server(Echo);
  Options options = RunAgainstName(PortOf(server.target()));
  options.sources = {"127.0.0.9"};
  options.source_auto = false;
  const Report report = RunLoad(options);
  CHECK(report.messages == 400);
  CHECK(report.addresses == std::vector<std::string>{server.target()});
  options.target = server.target();
  options.sources = {"::1"};
  CHECK_THROWS_WITH_AS(RunLoad(options), doctest::Contains("--source ::1 cannot call 127.0.0.1"),
                       std::invalid_argument);
}

TEST_CASE("ASourceThatIsNotOfThisMachineIsRefused") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.sources = {"127.0.0.9", "192.0.2.1"};  // RFC 5737: nobody's
  options.source_auto = false;
  CHECK_THROWS_WITH_AS(RunLoad(options), doctest::Contains("cannot call from 192.0.2.1: "),
                       std::runtime_error);
}

// In a mount namespace of its own, the name has two addresses.
TEST_CASE("AllAddressesAreCalledInTurn") {
  const test::TempFolder folder;
  std::ofstream(folder / "hosts") << "127.0.0.1 twofold\n127.0.0.2 twofold\n";
  test::Spawn spawn;
  spawn.program = SWITCHBOARD_LOAD;
  spawn.wrapper = {"unshare", "-m", "sh", "-c",
                   "mount --bind " + (folder / "hosts") + " /etc/hosts && exec \"$0\" \"$@\""};
  if (test::RunToEnd({"--version"}, spawn).status != 0) {
    MESSAGE("skipped: this process may not mount anything");
    return;
  }
  TestServer one(Echo);
  const std::string port = PortOf(one.target());
  TestServer other(Echo, "", "127.0.0.2:" + port);
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"-c", "4", "-n", "400", "--warmup", "0", "--source", "127.0.0.9",
                               "twofold:" + port});
    return test::RunToEnd(words, spawn).out;
  };
  const std::string first = run({});
  CHECK(first.find("twofold:" + port + " (127.0.0.1:" + port + "): 4") != std::string::npos);
  CHECK(one.callers() == 5);  // with the probe
  CHECK(other.callers() == 0);
  const std::string all = run({"--all-addresses"});
  CHECK(all.find("(127.0.0.1:" + port + ", 127.0.0.2:" + port + "): 4") != std::string::npos);
  CHECK(one.callers() == 5 + 3);
  CHECK(other.callers() == 3);
}

}  // namespace
}  // namespace switchboard::load
