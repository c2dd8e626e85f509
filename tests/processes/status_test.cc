// The status port of several processes.

#include <doctest/doctest.h>
#include <signal.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/processes/family.h"
#include "tests/support/files.h"
#include "tests/support/http.h"
#include "tests/support/manager.h"
#include "tests/support/proc.h"

namespace switchboard::test {
namespace {

const ServerProcess::Options kWithStatus = {"--listen", "127.0.0.1:0", "--status", "127.0.0.1:0"};

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string State(const std::string& state, pid_t pid) {
  return "\"state\":\"" + state + "\",\"pid\":" + std::to_string(pid) + ',';
}

TEST_CASE("ShowsAllTogetherAndEach") {
  Family family(3, kWithStatus);
  const std::string status = StatusAddress(family.server);
  Callers callers = Call(family.server.Address(), 30);
  REQUIRE(Unanswered(callers) == 0);
  CHECK(Get(status, "/readyz").body == "ready\n");
  CHECK(Get(status, "/healthz").body == "ok\n");
  const std::string json = Get(status, "/status.json").body;
  CHECK(Has(json, "\"state\":\"ready\",\"ready\":true,"));
  CHECK(Has(json, "\"accepted\":30,\"active\":30,"));
  for (const pid_t child : family.Children()) CHECK(Has(json, State("ready", child)));
  const std::string metrics = Get(status, "/metrics").body;
  CHECK(Has(metrics, "switchboard_connections_active{service=\"echo\"} 30\n"));
  for (const char* number : {"1", "2", "3"}) {
    CHECK(Has(metrics, "switchboard_process_up{process=\"" + std::string(number) + "\"} 1\n"));
  }
  CHECK_FALSE(Has(metrics, "{process=\"4\"}"));
  const int64_t resident = ResidentKib(family.server.pid()) * 1024;
  int64_t open = DescriptorCount(family.server.pid());
  for (const pid_t child : family.Children()) open += DescriptorCount(child);
  CHECK(Figure(metrics, "process_resident_memory_bytes") > static_cast<double>(resident));
  CHECK(Figure(metrics, "process_open_fds") >= static_cast<double>(open));
  CHECK(Figure(metrics, "process_open_fds") <= static_cast<double>(open + 2));
  CHECK(Figure(metrics, "process_cpu_seconds_total") > 0);
  CHECK(Has(Get(status, "/").body, "<h2>Processes</h2>"));
}

TEST_CASE("ShowsThatOneHasDiedAndWasReplaced") {
  Family family(2, kWithStatus);
  const std::string status = StatusAddress(family.server);
  Callers callers = Call(family.server.Address(), 20);
  REQUIRE(Unanswered(callers) == 0);
  const pid_t victim = family.Children().at(0);
  const std::string lines = std::to_string(family.StatsOf(victim)["active"]);
  const double cpu = Figure(Get(status, "/metrics").body, "process_cpu_seconds_total");
  REQUIRE(::kill(victim, SIGKILL) == 0);
  REQUIRE(WaitFor([&] { return family.IsWhole({victim}); }));
  const std::string metrics = Get(status, "/metrics").body;
  CHECK(Has(metrics,
            "switchboard_connections_closed_total{service=\"echo\",reason=\"process\"} " + lines));
  CHECK(Has(metrics, "switchboard_connections_accepted_total{service=\"echo\"} 20\n"));
  CHECK(Figure(metrics, "process_cpu_seconds_total") >= cpu);
  CHECK(Has(metrics, "switchboard_process_restarts_total{process=\"1\"} 1\n"));
  CHECK(Has(metrics, "switchboard_process_up{process=\"1\"} 1\n"));
  CHECK(Get(status, "/readyz").status == 200);
}

TEST_CASE("AProcessThatIsStoppedDoesNotKeepItFromAnswering") {
  const TempFolder folder;
  const Manager manager(folder / "notify");  // so slow that no process is replaced
  Family family(2, kWithStatus, With({manager.Variable(), "WATCHDOG_USEC=3600000000"}));
  const std::string status = StatusAddress(family.server);
  const std::vector<pid_t> children = family.Children();
  const auto shows = [&](const std::string& state, pid_t child) {
    return WaitFor([&] { return Has(Get(status, "/status.json").body, State(state, child)); });
  };
  REQUIRE(::kill(children.at(0), SIGSTOP) == 0);
  CHECK(shows("stopped", children[0]));
  CHECK(Get(status, "/readyz").status == 200);
  CHECK(Get(status, "/healthz").status == 200);
  REQUIRE(::kill(children.at(1), SIGSTOP) == 0);
  CHECK(shows("stopped", children[1]));
  CHECK(Get(status, "/readyz").status == 503);
  CHECK(Get(status, "/metrics").status == 200);
  CHECK(Get(status, "/").status == 200);
  for (const pid_t child : children) REQUIRE(::kill(child, SIGCONT) == 0);
  for (const pid_t child : children) CHECK(shows("ready", child));
  CHECK(Get(status, "/readyz").status == 200);
}

// One process is told of the caller that waits, and a line is free in none.
TEST_CASE("SaysThatCallersWaitAtTheLimitOfAll") {
  ServerProcess::Options options = kWithStatus;
  options.insert(options.end(), {"--max-connections", "4"});
  Family family(3, options);
  const std::string status = StatusAddress(family.server);
  const auto paused = [&] {
    return Figure(Get(status, "/metrics").body, "switchboard_accept_paused");
  };
  Callers callers = Call(family.server.Address(), 4);
  REQUIRE(Unanswered(callers) == 0);
  CHECK(paused() == 0);
  Callers waiting = Call(family.server.Address(), 1);
  CHECK(WaitFor([&] { return paused() == 1; }));
  callers.pop_back();
  CHECK(Unanswered(waiting) == 0);
  CHECK(WaitFor([&] { return paused() == 0; }));
}

TEST_CASE("SaysThatAllDrain") {
  ServerProcess::Options options = kWithStatus;
  options.insert(options.end(), {"--drain-timeout", "60"});
  Family family(2, options);
  const std::string status = StatusAddress(family.server);
  Client caller(family.server.Address(), 4096);
  REQUIRE(caller.SendSome(RandomBytes(8 << 20, 1)) > 0);
  REQUIRE(family.server.Reaches("bytes_in", 1));
  family.server.Signal(SIGTERM);
  CHECK(WaitFor([&] { return Get(status, "/readyz").body == "draining\n"; }));
  CHECK(Get(status, "/readyz").status == 503);
  CHECK(Get(status, "/healthz").status == 200);
  CHECK(WaitFor([&] { return Has(Get(status, "/status.json").body, "\"listeners\":[]"); }));
  caller.Reset();
  CHECK(family.server.WaitForExit() == 0);
}

}  // namespace
}  // namespace switchboard::test
