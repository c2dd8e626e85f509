// Three servers, each in a network of its own, behind HAProxy with the configuration that is
// shipped. All of it is gone with the processes: the networks have no names.

#include <doctest/doctest.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/network.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

constexpr int kServers = 3;
const std::string kFrontend = "127.0.0.1:8000";

bool Succeeds(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

std::string Host(int server) { return "10.99." + std::to_string(server) + ".2"; }

// Says why, if this machine cannot have the networks.
bool CanBeDone() {
  for (const char* const tool : {"ip", "haproxy", "nsenter"}) {
    if (Succeeds(std::string("command -v ") + tool)) continue;
    MESSAGE("left out: there is no " << tool << " here");
    return false;
  }
  // From here on this thread and what it starts are in a network of their own.
  if (geteuid() != 0 || ::unshare(CLONE_NEWNET) != 0) {
    MESSAGE("left out: networks need root");
    return false;
  }
  SetLoopback(true);
  return true;
}

class Cluster {
 public:
  // `header`: of which version of the protocol, as in the configuration.
  explicit Cluster(const std::string& header = "send-proxy-v2") {
    for (int i = 0; i < kServers; ++i) servers_.push_back(nullptr);
    for (int i = 0; i < kServers; ++i) Start(i);
    std::ofstream(folder_ / "haproxy.cfg") << Config(header);
    Spawn haproxy;
    haproxy.program = "/usr/sbin/haproxy";
    haproxy_ = std::make_unique<ServerProcess>(
        ServerProcess::WithoutWaiting({"-db", "-f", folder_ / "haproxy.cfg"}, haproxy));
    REQUIRE_MESSAGE(WaitFor([] { return !IsRefused(kFrontend); }, seconds(20)), haproxy_->Err());
    for (int i = 0; i < kServers; ++i) REQUIRE(WaitFor([&] { return Takes(i); }));
  }

  // Anew, if it has been there before.
  void Start(int i) {
    const ServerProcess::Options options = {"--listen",     "0.0.0.0:8000=echo,proxy",
                                            "--proxy-from", "10.99.0.0/16",
                                            "--greeting",   "",
                                            "--status",     "0.0.0.0:8100",
                                            "--lame-duck",  "4"};
    Spawn alone;
    alone.wrapper = {"unshare", "--net"};
    servers_[static_cast<size_t>(i)] = std::make_unique<ServerProcess>(options, alone);
    Wire(i);
  }

  void Wire(int i) {
    const std::string pid = std::to_string(server(i).pid()), n = std::to_string(i);
    const std::string inside = "nsenter -t " + pid + " -n ip ";
    (void)Succeeds("ip link del to" + n);
    REQUIRE(Succeeds("ip link add to" + n + " type veth peer name eth0 netns " + pid));
    REQUIRE(Succeeds("ip addr add 10.99." + n + ".1/30 dev to" + n));
    REQUIRE(Succeeds("ip link set to" + n + " up"));
    REQUIRE(Succeeds(inside + "link set lo up"));
    REQUIRE(Succeeds(inside + "addr add " + Host(i) + "/30 dev eth0"));
    REQUIRE(Succeeds(inside + "link set eth0 up"));
  }

  void CutOff(int i) { REQUIRE(Succeeds("ip link set to" + std::to_string(i) + " down")); }

  // Whether HAProxy gives it callers; it asks at the status port, so that only a call shows it.
  bool Takes(int i) {
    Client caller(kFrontend);
    (void)caller.Echo("hello");
    return server(i).Stats()["accepted"] > 0;
  }

  ServerProcess& server(int i) { return *servers_[static_cast<size_t>(i)]; }

 private:
  static std::string Config(const std::string& header) {
    std::string config = Contents(HAPROXY_CONFIG);
    const auto put = [&](const std::string& pattern, const std::string& text) {
      const std::string changed = std::regex_replace(config, std::regex(pattern), text);
      REQUIRE(changed != config);
      config = changed;
    };
    put("bind :8000", "bind " + kFrontend);
    if (header != "send-proxy-v2") put("send-proxy-v2", header);
    for (int i = 0; i < kServers; ++i)
      put("192\\.0\\.2\\." + std::to_string(i + 1) + ":", Host(i) + ":");
    return config;
  }

  const TempFolder folder_;
  std::vector<std::unique_ptr<ServerProcess>> servers_;
  std::unique_ptr<ServerProcess> haproxy_;
};

// 300 calls a second for 6 seconds, each of one message, while something happens.
class Load {
 public:
  Load() {
    Spawn load;
    load.program = LOAD;
    process_ = std::make_unique<ServerProcess>(ServerProcess::WithoutWaiting(
        {"--calls-per-second", "300", "--connections", "100", "--duration", "6", "--warmup", "0",
         "--greeting", "none", "--quiet", "--json", folder_ / "report.json", kFrontend},
        load));
  }

  // How many calls had no echo, those that broke under way twice: as an error, and as unanswered.
  // -1: it did not run.
  int64_t FailedCalls() {
    if (!process_->WaitForExit()) return -1;
    const std::string json = Contents(folder_ / "report.json");
    std::smatch answered, unanswered;
    if (!std::regex_search(json, answered, std::regex("\"messages\": ?([0-9]+)")) ||
        !std::regex_search(json, unanswered, std::regex("\"unanswered\": ?([0-9]+)"))) {
      return -1;
    }
    INFO(process_->Out());
    CHECK(std::regex_search(json, std::regex("\"passed\": ?true")));
    int64_t failed = 0;
    const std::string errors = json.substr(
        json.find("\"errors\""), json.find("\"errors_measured\"") - json.find("\"errors\""));
    const std::regex count("\"count\": ?([0-9]+)");
    for (std::sregex_iterator at(errors.begin(), errors.end(), count), end; at != end; ++at) {
      failed += std::stoll((*at)[1]);
    }
    MESSAGE(answered[1] << " calls answered, " << failed << " failed, " << unanswered[1]
                        << " heard nothing");
    CHECK(std::stoll(answered[1]) > 900);
    return failed + std::stoll(unanswered[1]);
  }

 private:
  const TempFolder folder_;
  std::unique_ptr<ServerProcess> process_;
};

// Each test case begins in the network that the one before has made; its own is a new one.
void CheckCarriesTheAddress(const std::string& header, const std::string& counter) {
  if (!CanBeDone()) return;
  Cluster cluster(header);
  for (int i = 0; i < 6; ++i) {
    Client caller(kFrontend);
    CHECK(caller.Echo("hello") == "hello");
  }
  int64_t named = 0;
  for (int i = 0; i < kServers; ++i) {
    const Fields stats = cluster.server(i).Stats();
    named += stats[counter];
    CHECK(stats["accepted"] == stats[counter]);
    CHECK(stats["proxy_malformed"] == 0);
  }
  CHECK(named >= 6);
}

TEST_CASE("HAProxyCarriesTheCallersAddress") {
  CheckCarriesTheAddress("send-proxy-v2", "proxy_v2");
}

TEST_CASE("HAProxyCarriesTheCallersAddressInText") {
  CheckCarriesTheAddress("send-proxy", "proxy_v1");
}

TEST_CASE("AKilledServerCostsItsOwnCallersAtMost") {
  if (!CanBeDone()) return;
  Cluster cluster;
  Load load;
  REQUIRE(WaitFor([&] { return cluster.server(0).Stats()["accepted"] > 100; }));
  cluster.server(0).Signal(SIGKILL);
  const int64_t failed = load.FailedCalls();
  CHECK(failed >= 0);
  CHECK(failed <= 10);
}

TEST_CASE("AServerThatIsCutOffIsLeftOut") {
  if (!CanBeDone()) return;
  Cluster cluster;
  Load load;
  REQUIRE(WaitFor([&] { return cluster.server(1).Stats()["accepted"] > 100; }));
  cluster.CutOff(1);
  const int64_t failed = load.FailedCalls();
  CHECK(failed >= 0);
  CHECK(failed <= 200);
  const int64_t before = cluster.server(0).Stats()["accepted"];
  for (int i = 0; i < 4; ++i) {
    Client caller(kFrontend);
    CHECK(caller.Echo("hello") == "hello");
  }
  CHECK(cluster.server(0).Stats()["accepted"] + cluster.server(2).Stats()["accepted"] >=
        before + 4);
}

TEST_CASE("ARollingRestartFailsNoCall") {
  if (!CanBeDone()) return;
  Cluster cluster;
  for (int i = 0; i < kServers; ++i) {
    Load load;
    REQUIRE(WaitFor([&] { return cluster.server(i).Stats()["accepted"] > 100; }));
    cluster.server(i).Signal(SIGTERM);
    CHECK(cluster.server(i).WaitForExit() == 0);
    cluster.Start(i);
    CHECK(load.FailedCalls() == 0);
    REQUIRE(WaitFor([&] { return cluster.Takes(i); }));
  }
}

}  // namespace
}  // namespace switchboard::test
