// Several hosts as one machine: scripts/load-many, and reports that come one after another.

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "bench/load/base/json.h"
#include "tests/load/support.h"
#include "tests/support/files.h"
#include "tests/support/network.h"
#include "tests/support/server_process.h"
#include "tests/support/wait.h"

namespace switchboard::load {
namespace {

using Words = std::vector<std::string>;

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

bool Succeeds(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

test::Spawn Script() {
  test::Spawn spawn;
  spawn.program = LOAD_MANY;
  return spawn;
}

// Three programs, an interpreter and a merge take their time on a busy machine.
test::Finished RunToEnd(const Words& words) {
  auto run = test::ServerProcess::WithoutWaiting(words, Script());
  const int status = run.WaitForExit(4 * test::kPatience).value_or(-1);
  return {status, run.Out(), run.Err()};
}

// A server that counts the bytes that it answers.
struct Counting {
  explicit Counting(const std::string& listen) : server(Answer(), "", listen) {}
  std::atomic<uint64_t> bytes{0};
  TestServer server;

 private:
  load::Answer Answer() {
    return [this](TestCaller& caller, std::string_view data) {
      bytes += data.size();
      Echo(caller, data);
    };
  }
};

// "Hosts" that are only names: HOST is set for the program on each, which is a script. It leaves
// its process id in a file named after the host.
class NamedHosts {
 public:
  explicit NamedHosts(const std::string& script) {
    std::ofstream(Program()) << "#!/bin/sh\necho $$ > " << (folder_ / "$HOST.pid") << "\n"
                             << script << "\nexec " SWITCHBOARD_LOAD " \"$@\"\n";
    ::chmod(Program().c_str(), 0755);
  }

  // The arguments of load-many for three hosts that call the server.
  Words Calling(const Words& arguments, const Words& merge = {}) const {
    Words words{"--shell",
                "env HOST={host} sh -c {command}",
                "--program",
                Program(),
                "--merger",
                SWITCHBOARD_LOAD,
                "east",
                "west",
                "north",
                "--",
                "--warmup",
                "0",
                "--greeting",
                "none",
                server.server.target()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    if (!merge.empty()) words.push_back("--");
    words.insert(words.end(), merge.begin(), merge.end());
    return words;
  }
  test::Finished Run(const Words& arguments, const Words& merge = {}) const {
    return RunToEnd(Calling(arguments, merge));
  }

  bool IsLeft(const std::string& host) const {
    const std::string pid = test::Contents(folder_ / (host + ".pid"));
    return !pid.empty() && ::kill(std::stoi(pid), 0) == 0;
  }
  bool AnyIsLeft() const { return IsLeft("east") || IsLeft("west") || IsLeft("north"); }

  Counting server{"127.0.0.1:0"};

 private:
  std::string Program() const { return folder_ / "load"; }

  const test::TempFolder folder_;
};

std::filesystem::path NetworkOf(const std::string& process) {
  std::error_code gone;
  return std::filesystem::read_symlink("/proc/" + process + "/ns/net", gone);
}

// A network of its own, which lasts as long as the process that holds it.
class Network {
 public:
  Network() : holder_(test::ServerProcess::WithoutWaiting({"infinity"}, Alone())) {
    REQUIRE(test::WaitFor([&] { return NetworkOf(Name()) != NetworkOf("thread-self"); }));
  }

  pid_t pid() const { return holder_.pid(); }
  std::string Name() const { return std::to_string(pid()); }

 private:
  static test::Spawn Alone() {
    test::Spawn spawn;
    spawn.program = "sleep";
    spawn.wrapper = {"unshare", "--net"};
    return spawn;
  }

  test::ServerProcess holder_;
};

// Connects `network` with that of the calling thread, which it can call from then on.
void Wire(const Network& network, const std::string& number) {
  const std::string inside = "nsenter -t " + network.Name() + " -n ip ";
  REQUIRE(
      Succeeds("ip link add to" + number + " type veth peer name eth0 netns " + network.Name()));
  REQUIRE(Succeeds("ip addr add 10.98." + number + ".1/30 dev to" + number));
  REQUIRE(Succeeds("ip link set to" + number + " up"));
  REQUIRE(Succeeds(inside + "addr add 10.98." + number + ".2/30 dev eth0"));
  REQUIRE(Succeeds(inside + "link set eth0 up"));
  REQUIRE(Succeeds(inside + "route add default via 10.98." + number + ".1"));
}

// Says why, if this machine cannot have networks.
bool HasNetworks() {
  for (const char* const tool : {"ip", "nsenter", "unshare"}) {
    if (Succeeds(std::string("command -v ") + tool)) continue;
    MESSAGE("left out: there is no " << tool << " here");
    return false;
  }
  if (::geteuid() == 0 && Succeeds("unshare --net true")) return true;
  MESSAGE("left out: networks need root");
  return false;
}

void CheckMachines(const Json& report, const std::vector<std::string>& names) {
  uint64_t sum = 0;
  std::set<uint64_t> shares;
  const Json::Array& machines = report["machines"].AsArray();
  REQUIRE(machines.size() == names.size());
  for (size_t i = 0; i < machines.size(); ++i) {
    CHECK(machines[i]["name"].AsString() == names[i] + ".json");
    sum += machines[i]["messages"].AsUnsigned();
    shares.insert(machines[i]["share"].AsUnsigned());
    // All have one clock.
    CHECK(std::abs(machines[i]["clock_ahead_s"].AsNumber()) <=
          machines[i]["clock_error_s"].AsNumber() + 1e-5);
  }
  CHECK(sum == report["messages"].AsUnsigned());
  CHECK(shares == std::set<uint64_t>{1, 2, 3});
}

TEST_CASE("ThreeNetworksMeasureAsOneMachine") {
  if (!HasNetworks()) return;
  const Network hub, east, west, north;
  const test::Inside inside(hub.pid());
  test::SetLoopback(true);
  REQUIRE(Succeeds("ip addr add 10.98.9.1/32 dev lo"));
  Wire(east, "0");
  Wire(west, "1");
  Wire(north, "2");
  Counting counting("10.98.9.1:0");
  const test::Finished run = RunToEnd({"--shell",
                                       "nsenter -t {host} -n sh -c {command}",
                                       "--program",
                                       SWITCHBOARD_LOAD,
                                       "--merger",
                                       SWITCHBOARD_LOAD,
                                       east.Name(),
                                       west.Name(),
                                       north.Name(),
                                       "--",
                                       counting.server.target(),
                                       "-c",
                                       "7",
                                       "-r",
                                       "300",
                                       "-d",
                                       "3",
                                       "--warmup",
                                       "0.5",
                                       "--greeting",
                                       "none",
                                       "--",
                                       "--json",
                                       "-"});
  CAPTURE(run.err);
  REQUIRE((run.status == 0 || run.status == 6));  // a slow machine may not reach the rate
  const Json report = Json::Parse(run.out);
  CHECK(report["verdict"].AsString() != "VERIFICATION-FAILED");
  CHECK((run.status == 6) == (report["verdict"].AsString() == "TARGET-NOT-REACHED"));
  CHECK(report["config"]["rate"].AsNumber() == 300);
  CHECK(report["config"]["connections"].AsUnsigned() == 7);
  CHECK(std::abs(report["generator"]["intended"].AsNumber() - 900) <= 3);
  CHECK(report["verification"]["passed"].AsBool());
  const uint64_t messages = report["messages"].AsUnsigned();
  CHECK(report["verification"]["verified_bytes"].AsUnsigned() >= 64 * messages);
  CHECK(counting.bytes >= 64 * messages);
  CheckMachines(report, {east.Name(), west.Name(), north.Name()});
}

TEST_CASE("AHostThatFailsIsNamedAndTheOthersAreEnded") {
  const NamedHosts hosts("[ $HOST != west ] || { echo no disk >&2; exit 9; }");
  const test::Finished run = hosts.Run({"-c", "3", "-r", "90", "-d", "600"});
  CHECK(run.status == 1);
  CHECK(run.err == "load-many: west: no disk\n");
  CHECK(run.out.empty());
  CHECK_FALSE(hosts.AnyIsLeft());
}

TEST_CASE("AHostThatIsLostWhileItMeasuresIsNamedAndTheOthersAreEnded") {
  const NamedHosts hosts("[ $HOST != north ] || exec timeout -s KILL 3 " SWITCHBOARD_LOAD
                         " \"$@\"");
  const test::Finished run = hosts.Run({"-c", "3", "-r", "90", "-d", "600"});
  CHECK(run.status == 1);
  CHECK(Has(run.err, "load-many: north: it "));
  CHECK(run.out.empty());
  CHECK_FALSE(hosts.AnyIsLeft());
}

TEST_CASE("AHostThatIsNotReadyInTimeIsNamed") {
  const NamedHosts hosts("[ $HOST != east ] || exec sleep 600");
  Words words = hosts.Calling({"-c", "3", "-r", "90", "-d", "600"});
  words.insert(words.begin(), {"--timeout", "2"});
  const test::Finished run = RunToEnd(words);
  CHECK(run.status == 1);
  CHECK(Has(run.err, "east"));
  CHECK(Has(run.err, ": not ready after 2 s"));
  CHECK_FALSE(hosts.AnyIsLeft());
}

TEST_CASE("AHostThatDoesNotEndIsNamedAndEnded") {
  const NamedHosts hosts("[ $HOST != west ] || { echo ready; exec sleep 600; }");
  Words words = hosts.Calling({"-c", "3", "-r", "90", "-d", "1"});
  words.insert(words.begin(), {"--timeout", "10"});
  const test::Finished run = RunToEnd(words);
  CHECK(run.status == 1);
  CHECK(Has(run.err, "load-many: west: had not ended 10 s after the first"));
  CHECK(run.out.empty());
  CHECK_FALSE(hosts.AnyIsLeft());
}

TEST_CASE("AnInterruptReportsWhatAllHaveMeasured") {
  const NamedHosts hosts("");
  auto run = test::ServerProcess::WithoutWaiting(
      hosts.Calling({"-c", "3", "-r", "90", "-d", "600"}), Script());
  REQUIRE(test::WaitFor([&] { return hosts.server.bytes > 64 * 30; }));
  run.Signal(SIGINT);
  CHECK(run.WaitForExit() == 0);
  CHECK(Has(run.Out(), "interrupted after "));
  CHECK(Has(run.Out(), "east.json"));
  CHECK_FALSE(hosts.AnyIsLeft());
}

TEST_CASE("WhatCannotBeAskedOfManyIsRefusedBeforeAnyRuns") {
  const NamedHosts hosts("");
  const auto refusal = [](const Words& words) {
    const test::Finished run = RunToEnd(words);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    return run.err;
  };
  CHECK(Has(refusal({}), "say on which hosts"));
  CHECK(Has(refusal({"east"}), "say what they do, behind --"));
  CHECK(Has(refusal({"--shell", "ssh {host}", "east", "--", "x"}), "needs {host} and {command}"));
  CHECK(Has(refusal({"--shell", "'{host} {command}", "east", "--", "x"}), "is no command"));
  CHECK(Has(refusal({"--nonsense", "east", "--", "x"}), "--nonsense"));
  for (const char* const timeout : {"soon", "nan", "0", "-5", "1e7", ""}) {
    CHECK(Has(refusal({std::string("--timeout=") + timeout, "east", "--", "x"}),
              "--timeout cannot be '" + std::string(timeout) + "'"));
  }
  CHECK(Has(refusal({"--merger", "/nowhere", "east", "--", "x"}), "cannot run '/nowhere'"));
  CHECK(Has(refusal(hosts.Calling({}, {"--nonsense"})), "'--nonsense' is not known"));
  CHECK(Has(refusal(hosts.Calling({"--nonsense"})), ": switchboard-load: the option '--nonsense'"));
  CHECK(
      Has(refusal(hosts.Calling({"-c", "3", "--slo", "p99=1ms"})), "--share cannot go with --slo"));
  CHECK(hosts.server.bytes == 0);
}

TEST_CASE("HostsOfOneNameAreAMachineEach") {
  const test::TempFolder folder;
  const NamedHosts hosts("");
  Words words =
      hosts.Calling({"-c", "3", "-r", "300", "-d", "0.6"}, {"--json", folder / "all.json"});
  std::ranges::replace(words, "east", "east-3");
  std::ranges::replace(words, "west", "east");
  std::ranges::replace(words, "north", "east");
  const test::Finished run = RunToEnd(words);
  CAPTURE(run.err);
  REQUIRE((run.status == 0 || run.status == 6));
  CheckMachines(Json::Parse(test::Contents(folder / "all.json")), {"east-3", "east", "east#3"});
}

TEST_CASE("MergesWhatComesOnStandardInput") {
  const test::TempFolder folder;
  const NamedHosts hosts("");
  const test::Finished whole =
      hosts.Run({"-c", "3", "-r", "300", "-d", "0.6"}, {"--json", folder / "whole.json"});
  REQUIRE((whole.status == 0 || whole.status == 6));
  test::Spawn shell;
  shell.program = "bash";
  const std::string twice = "cat " + (folder / "whole.json") + " " + (folder / "whole.json");
  const test::Finished both =
      test::RunToEnd({"-c", twice + " | " SWITCHBOARD_LOAD " merge --json - -"}, shell);
  CAPTURE(both.err);
  const Json report = Json::Parse(both.out);
  CHECK(report["machines"].AsArray().size() == 6);
  CHECK(report["messages"].AsUnsigned() ==
        2 * Json::Parse(test::Contents(folder / "whole.json"))["messages"].AsUnsigned());
  const test::Finished none = test::RunToEnd({"-c", SWITCHBOARD_LOAD " merge - </dev/null"}, shell);
  CHECK(none.status == 1);
  CHECK(none.err ==
        "switchboard-load: cannot merge '-': nothing is in it; name files that --json "
        "wrote\n");
}

}  // namespace
}  // namespace switchboard::load
