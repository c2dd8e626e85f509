// /metrics, read by a parser of its own: what promtool does not see is that a series stands twice,
// or that a histogram does not add up.

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/http.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

// "name{labels}" -> value; each only once, each of a family whose help and type came before.
struct Metrics {
  std::map<std::string, double> series;
  std::map<std::string, std::string> types;

  double Sum(const std::string& begin) const {
    double sum = 0;
    for (const auto& [name, value] : series) {
      if (name.starts_with(begin)) sum += value;
    }
    return sum;
  }
};

std::string FamilyOf(const Metrics& metrics, const std::string& name) {
  const std::string bare = name.substr(0, name.find('{'));
  if (metrics.types.contains(bare)) return bare;
  for (const char* suffix : {"_bucket", "_sum", "_count"}) {
    if (bare.ends_with(suffix))
      return bare.substr(0, bare.size() - std::string_view(suffix).size());
  }
  return bare;
}

Metrics Parse(const std::string& text) {
  Metrics metrics;
  std::string helped;
  REQUIRE(text.ends_with('\n'));
  for (const std::string& line : SplitLines(text)) {
    CAPTURE(line);
    if (line.starts_with("# HELP ")) {
      helped = line.substr(7, line.find(' ', 7) - 7);
    } else if (line.starts_with("# TYPE ")) {
      const size_t space = line.find(' ', 7);
      CHECK(line.substr(7, space - 7) == helped);
      CHECK(metrics.types.emplace(helped, line.substr(space + 1)).second);
    } else {
      const size_t space = line.rfind(' ');
      const std::string name = line.substr(0, space);
      CHECK(FamilyOf(metrics, name) == helped);
      char* end = nullptr;
      const std::string number = line.substr(space + 1);
      const double value = std::strtod(number.c_str(), &end);
      CHECK(*end == 0);
      CHECK(metrics.series.emplace(name, value).second);
    }
  }
  return metrics;
}

// The labels but for `le`, by which the buckets of one histogram belong together.
void CheckHistograms(const Metrics& metrics) {
  std::map<std::string, std::map<double, double>> histograms;
  for (const auto& [name, value] : metrics.series) {
    const size_t le = name.find("le=\"");
    if (le == std::string::npos) continue;
    const std::string end = name.substr(le + 4, name.find('"', le + 4) - le - 4);
    std::string labels = name.substr(name.find('{'), le - name.find('{'));
    if (labels.ends_with(',')) labels.back() = '}';
    const std::string family = name.substr(0, name.find("_bucket"));
    histograms[family + "_count" + labels][std::strtod(end.c_str(), nullptr)] = value;
  }
  REQUIRE(histograms.size() >= 3);
  for (const auto& [key, buckets] : histograms) {
    const std::string& count = key;
    CAPTURE(count);
    double last = 0;
    for (const auto& [end, value] : buckets) {
      CHECK(value >= last);
      last = value;
    }
    REQUIRE(metrics.series.contains(count));
    CHECK(last == metrics.series.at(count));  // of +Inf
  }
}

void CheckNoCounterFalls(const Metrics& before, const Metrics& after) {
  for (const auto& [key, value] : before.series) {
    const std::string& name = key;
    CAPTURE(name);
    REQUIRE(after.series.contains(name));
    if (after.types.at(FamilyOf(after, name)) != "gauge") CHECK(after.series.at(name) >= value);
  }
}

const ServerProcess::Options kFourServices = {"--listen",     "127.0.0.1:0=echo",
                                              "--listen",     "127.0.0.1:0=discard",
                                              "--listen",     "127.0.0.1:0=daytime",
                                              "--listen",     "127.0.0.1:0=chargen",
                                              "--workers",    "discard=2",
                                              "--workers",    "chargen=1",
                                              "--workers",    "daytime=1",
                                              "--status",     "127.0.0.1:0",
                                              "--greeting",   "",
                                              "--time-writes"};

TEST_CASE("TheMetricsAddUp") {
  ServerProcess server(kFourServices);
  const std::string status = StatusAddress(server);
  const Metrics first = Parse(Get(status, "/metrics").body);
  CheckHistograms(first);
  CHECK(first.series.at("switchboard_ready") == 1);
  CHECK(first.Sum("switchboard_listener_info{") == 4);
  for (const auto& [name, value] : first.series) {
    if (name.starts_with("switchboard_listener_info{")) {
      CHECK(name.find("source=\"bind\"") != std::string::npos);
    }
  }
  CHECK(first.Sum("switchboard_backlog_limit{") > 0);
  CHECK(first.Sum("switchboard_backlog_callers{") == 0);

  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < 10; ++i) {
    callers.push_back(std::make_unique<Client>(server.Address(0)));
    REQUIRE(callers.back()->Echo("hello") == "hello");
  }
  REQUIRE(Client(server.Address(1)).Send("nobody answers") == 14);
  CHECK(!Client(server.Address(2)).ReceiveUntilEof().empty());
  CHECK(Client(server.Address(3)).Receive(1000).size() == 1000);
  Metrics second;
  // Turns are timed a moment after their replies have gone.
  const bool timed = WaitFor([&] {
    second = Parse(Get(status, "/metrics").body);
    return second.series.at(
               "switchboard_service_time_seconds_count{service=\"echo\",pool=\"worker\"}") == 10 &&
           second.Sum("switchboard_write_time_seconds_count{service=\"echo\"") == 10 &&
           second.series.at("switchboard_received_bytes_total{service=\"discard\"}") == 14;
  });
  CHECK(timed);
  CheckHistograms(second);
  CheckNoCounterFalls(first, second);
  CHECK(second.series.at("switchboard_connections_active{service=\"echo\"}") == 10);
  CHECK(second.series.at("switchboard_received_bytes_total{service=\"echo\"}") == 50);
  CHECK(second.series.at("switchboard_sent_bytes_total{service=\"echo\"}") == 50);
  CHECK(second.series.at("switchboard_reads_total{service=\"echo\"}") == 10);
  CHECK(second.series.at("switchboard_queue_wait_seconds_count{pool=\"worker\"}") == 10);
  CHECK(second.series.at("switchboard_reactor_time_seconds_count{pool=\"worker\"}") == 10);
  callers.clear();

  // The books, once nobody is on the line.
  Metrics last;
  const bool quiet = WaitFor([&] {
    last = Parse(Get(status, "/metrics").body);
    return last.Sum("switchboard_connections_active{") == 0;
  });
  CHECK(quiet);
  CheckNoCounterFalls(second, last);
  CHECK(last.Sum("switchboard_connections_accepted_total{") == 13);
  CHECK(last.Sum("switchboard_connections_closed_total{") == 13);
  CHECK(last.Sum("switchboard_connection_duration_seconds_count{") == 13);
  CHECK(last.Sum("switchboard_received_bytes_total{") ==
        last.Sum("switchboard_sent_bytes_total{") + last.Sum("switchboard_lost_bytes_total{") +
            last.Sum("switchboard_discarded_bytes_total{") +
            last.series.at("switchboard_buffered_bytes"));
}

TEST_CASE("TheAnswersForFourServicesAreSmall") {
  ServerProcess server(kFourServices);
  const std::string status = StatusAddress(server);
  REQUIRE(Client(server.Address(0)).Echo("hello") == "hello");
  std::string metrics;
  // Turns are timed a moment after their replies have gone.
  CHECK(WaitFor([&] {
    metrics = Get(status, "/metrics").body;
    return metrics.find("\nswitchboard_write_time_seconds_count{") != std::string::npos;
  }));
  const size_t page = Get(status, "/").body.size();
  MESSAGE("/metrics " << metrics.size() << " bytes, the page " << page);
  CHECK(metrics.size() <= 48 << 10);
  CHECK(page <= 16 << 10);
}

TEST_CASE("ThePageNeedsNothingFromElsewhere") {
  ServerProcess server(kFourServices);
  const std::string page = Get(StatusAddress(server), "/").body;
  for (const char* elsewhere : {"http:", "https:", "src=", "url(", "@import", "style=\""}) {
    CAPTURE(elsewhere);
    CHECK(page.find(elsewhere) == std::string::npos);
  }
  CHECK(page.find("since the start") != std::string::npos);
}

// The machine's own view of the process is the judge.
TEST_CASE("SaysWhatTheProcessTakes") {
  ServerProcess server(kFourServices);
  const std::string status = StatusAddress(server);
  const double now = static_cast<double>(std::time(nullptr));
  const Metrics metrics = Parse(Get(status, "/metrics").body);
  CHECK(metrics.series.at("process_start_time_seconds") <= now + 1);
  CHECK(metrics.series.at("process_start_time_seconds") >= now - 600);
  CHECK(metrics.types.at("process_cpu_seconds_total") == "counter");
  CHECK(metrics.series.at("process_cpu_seconds_total") > 0);
  const double resident = metrics.series.at("process_resident_memory_bytes") / 1024;
  CHECK(resident > static_cast<double>(ResidentKib(server.pid())) / 2);
  CHECK(resident < static_cast<double>(ResidentKib(server.pid())) * 2);
  // The client of the status port has one, too.
  const double open = metrics.series.at("process_open_fds");
  CHECK(open >= static_cast<double>(DescriptorCount(server.pid())));
  CHECK(open <= static_cast<double>(DescriptorCount(server.pid()) + 2));
  CHECK(metrics.series.at("process_max_fds") >= open);
}

TEST_CASE("LeavesOutWhatIsNotKnownWithoutProc") {
  Spawn hidden;
  hidden.wrapper = HidingProc();
  if (hidden.wrapper.empty()) return;
  ServerProcess server(kFourServices, hidden);
  const Metrics metrics = Parse(Get(StatusAddress(server), "/metrics").body);
  CHECK(metrics.series.contains("process_cpu_seconds_total"));
  CHECK_FALSE(metrics.series.contains("process_open_fds"));
  CHECK_FALSE(metrics.series.contains("process_resident_memory_bytes"));
}

}  // namespace
}  // namespace switchboard::test
