// What Prometheus' own tool says of /metrics, of the alerts and of the scrape configuration.

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/http.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

const std::string kDeploy = DEPLOY;

std::string Metrics() {
  ServerProcess server({"--listen", "127.0.0.1:0=echo", "--listen", "127.0.0.1:0=discard",
                        "--workers", "discard=1", "--greeting", "", "--status", "127.0.0.1:0"});
  Client caller(server.Address());
  REQUIRE(caller.Echo("hello") == "hello");
  return Get(StatusAddress(server), "/metrics").body;
}

bool Promtool(const std::string& words) { return std::system(("promtool " + words).c_str()) == 0; }

bool HavePromtool() {
  if (std::system("command -v promtool >/dev/null 2>&1") == 0) return true;
  MESSAGE("left out: promtool is not installed");
  return false;
}

TEST_CASE("PrometheusTakesTheMetrics") {
  if (!HavePromtool()) return;
  const TempFolder folder;
  std::ofstream(folder / "metrics") << Metrics();
  CHECK(Promtool("check metrics < " + folder / "metrics"));
}

TEST_CASE("PrometheusTakesTheAlertsAndTheConfiguration") {
  if (!HavePromtool()) return;
  CHECK(Promtool("check rules " + kDeploy + "/alerts.yml"));
  CHECK(Promtool("check config " + kDeploy + "/prometheus.yml"));
}

// An alert about a series that is not there never fires.
TEST_CASE("TheAlertsAreAboutSeriesThatThereAre") {
  const std::string metrics = Metrics(), alerts = Contents(kDeploy + "/alerts.yml");
  const std::regex name("switchboard_[a-z_]+");
  std::set<std::string> names;
  for (std::sregex_iterator at(alerts.begin(), alerts.end(), name), end; at != end; ++at) {
    names.insert(at->str());
  }
  CHECK(names.size() >= 4);
  for (const std::string& each : names) {
    CAPTURE(each);
    const bool found = metrics.find('\n' + each + '{') != std::string::npos ||
                       metrics.find('\n' + each + ' ') != std::string::npos;
    CHECK(found);
  }
}

}  // namespace
}  // namespace switchboard::test
