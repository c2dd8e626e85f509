// What is counted is shown wherever counters are: in the log, in /metrics and in /status.json.

#include "src/books/counter_table.h"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/books/books.h"
#include "src/status/json_text.h"
#include "src/status/metrics_text.h"

namespace switchboard::test {
namespace {

Books OneService() {
  return Books(Roster{.services = {{.name = "echo", .pool = 0}},
                      .pools = {{.name = "worker", .option = "", .workers = 1}}});
}

// A server that has counted what is in `books`, as the only one of several processes.
status::View ViewOf(const Books& books) {
  status::View view;
  view.figures = SnapshotOf(Alone(books), 0);
  view.processes.emplace_back().counts = view.figures.total;
  return view;
}

// How to make the total of a row 7 that no thread counts as such.
const std::map<std::string_view, std::function<void(const Books&)>> kWorkedOut = {
    {"active", [](const Books& books) { books.services()[0].accepted.Add(7); }},
    {"buffered", [](const Books& books) { books.services()[0].bytes_in.Add(7); }},
    {"queued", [](const Books& books) { books.pool(0).pool->published.Add(7); }},
    {"worker_wakes", [](const Books& books) { books.pool(0).pool->wakes.Add(7); }},
    {"log_dropped", [](const Books& books) { books.reactor().log_dropped.Add(7); }},
};

void CountSeven(const CounterRow& row, const Books& books) {
  if (row.counted != nullptr) {
    (books.services()[0].*row.counted).Add(7);
    return;
  }
  REQUIRE(kWorkedOut.contains(row.key));
  kWorkedOut.at(row.key)(books);
}

bool Holds(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

std::string SampleName(const Series& series) {
  const auto is = [&series](const auto& part) { return ValueOf(series, part).has_value(); };
  std::string labels;
  if (is(Snapshot::ServiceFigures())) labels = "service=\"echo\"";
  if (is(Snapshot::PoolFigures())) labels = "pool=\"worker\"";
  if (!series.family.label.empty()) {
    if (!labels.empty()) labels += ',';
    labels.append(series.family.label).append("=\"").append(series.label_value).append("\"");
  }
  return std::string("switchboard_").append(series.family.name) +
         (labels.empty() ? "" : "{" + labels + "}");
}

TEST_CASE("EachCounterIsInTheLogTheMetricsAndTheJson") {
  for (const CounterRow& row : Counters()) {
    CAPTURE(row.key);
    const Books books = OneService();
    const std::string sample = '\n' + SampleName(row.series) + ' ';
    CHECK(Holds(status::MetricsText(ViewOf(books)), sample + "0\n"));
    CountSeven(row, books);
    const status::View view = ViewOf(books);
    CHECK(view.figures.total.*row.total == 7);
    CHECK(Holds(' ' + view.figures.total.ToLogfmt(), ' ' + std::string(row.key) + "=7 "));
    CHECK(Holds(status::MetricsText(view), sample + "7\n"));

    const std::string json = status::JsonText(view),
                      pair = '"' + std::string(row.json_key) + "\":7";
    const size_t services = json.find("\"services\":"), processes = json.find("\"processes\":");
    CHECK(Holds(json.substr(0, services), pair));
    CHECK(Holds(json.substr(processes), pair));
    if (ValueOf(row.series, view.figures.services[0])) {
      CHECK(Holds(json.substr(services, json.find("\"pools\":") - services), pair));
    }
  }
}

// Dashboards and alerts go by these names and labels: none may be renamed or lost unnoticed, and a
// new one is added here.
TEST_CASE("TheMetricsHaveTheKnownSeries") {
  const std::set<std::string> known = {"accept_errors_total",
                                       "accept_pauses_total{cause=\"descriptors\"}",
                                       "accept_pauses_total{cause=\"max_connections\"}",
                                       "accept_pauses_total{cause=\"memory\"}",
                                       "accept_pauses_total{cause=\"refused\"}",
                                       "buffered_bytes",
                                       "checks_total",
                                       "connections_accepted_total{service=\"echo\"}",
                                       "connections_active{service=\"echo\"}",
                                       "connections_dropped_total{cause=\"epoll\"}",
                                       "connections_dropped_total{cause=\"memory\"}",
                                       "connections_dropped_total{cause=\"proxy_header\"}",
                                       "connections_rejected_by_address_total",
                                       "connections_rejected_total",
                                       "discarded_bytes_total{service=\"echo\"}",
                                       "log_dropped_total",
                                       "lost_bytes_total{service=\"echo\"}",
                                       "pool_queued{pool=\"worker\"}",
                                       "pool_wakeups_total{pool=\"worker\"}",
                                       "proxy_headers_total{result=\"local\"}",
                                       "proxy_headers_total{result=\"malformed\"}",
                                       "proxy_headers_total{result=\"timeout\"}",
                                       "proxy_headers_total{result=\"unknown\"}",
                                       "proxy_headers_total{result=\"untrusted\"}",
                                       "proxy_headers_total{result=\"v1\"}",
                                       "proxy_headers_total{result=\"v2\"}",
                                       "read_yields_total",
                                       "reads_total{service=\"echo\"}",
                                       "received_bytes_total{service=\"echo\"}",
                                       "sent_bytes_total{service=\"echo\"}",
                                       "turns_skipped_total{service=\"echo\"}",
                                       "unheard_bytes_total{service=\"echo\"}",
                                       "unsolicited_bytes_total{service=\"echo\"}"};
  std::set<std::string> shown;
  const auto add = [&shown](const Series& series) {
    shown.insert(SampleName(series).substr(std::string_view("switchboard_").size()));
  };
  for (const CounterRow& row : Counters()) add(row.series);
  for (const Series& series : FurtherSeries()) add(series);
  CHECK(shown == known);
  const std::string metrics = status::MetricsText(ViewOf(OneService()));
  for (const std::string& name : known) {
    CAPTURE(name);
    CHECK(Holds(metrics, "\nswitchboard_" + name + " 0\n"));
  }
}

TEST_CASE("WhatIsMadeOfSeveralCountersAddsUp") {
  const Books books = OneService();
  ReactorCounters& reactor = books.reactor();
  reactor.proxy_malformed.Add(1);
  reactor.proxy_untrusted.Add(20);
  reactor.proxy_timeout.Add(300);
  reactor.checks.Add(4000);
  reactor.accept_paused.Add(9);
  reactor.paused_descriptors.Add(5);
  reactor.paused_memory.Add(3);
  const std::string metrics = status::MetricsText(ViewOf(books));
  for (const char* line : {"connections_dropped_total{cause=\"proxy_header\"} 321",
                           "proxy_headers_total{result=\"local\"} 4000", "checks_total 4000",
                           "accept_pauses_total{cause=\"refused\"} 1",
                           "accept_pauses_total{cause=\"descriptors\"} 5"}) {
    CAPTURE(line);
    CHECK(Holds(metrics, std::string("\nswitchboard_") + line + '\n'));
  }
}

// A pool has two times, a service the other two.
TEST_CASE("EachTimeIsInTheLogTheMetricsAndTheJson") {
  const Books books = OneService();
  const PoolBooks pool = books.pool(0);
  const auto labels_of = [](const TimesRow& row) {
    return row.Of(Snapshot::ServiceFigures()) != nullptr ? "{service=\"echo\",pool=\"worker\"}"
                                                         : "{pool=\"worker\"}";
  };
  const auto count_of = [&labels_of](const TimesRow& row) {
    return "\nswitchboard_" + std::string(row.family.name) + "_count" + labels_of(row) + ' ';
  };
  const std::string none = status::MetricsText(ViewOf(books));
  for (const TimesRow& row : Times()) {
    CAPTURE(row.key);
    CHECK(Holds(none, count_of(row) + "0\n") == !row.only_if_any);
  }
  pool.pool->reactor_time.Add(1'000'000, 1);
  pool.times[0].queue_wait.Add(2'000'000, 2);
  pool.workers[0].service_time.Add(3'000'000, 3);
  pool.workers[0].write_time.Add(4'000'000, 4);
  const status::View view = ViewOf(books);
  const std::string log = view.figures.total.ToLogfmt(), json = status::JsonText(view);
  const std::string metrics = status::MetricsText(view);
  const std::map<std::string_view, int> known = {
      {"reactor_time", 1}, {"queue_wait", 2}, {"service_time", 3}, {"write_time", 4}};
  CHECK(Times().size() == known.size());
  for (const TimesRow& row : Times()) {
    CAPTURE(row.key);
    const std::string key(row.key), count = std::to_string(known.at(row.key));
    CHECK(row.family.name == key + "_seconds");
    CHECK(Holds(metrics, count_of(row) + count + '\n'));
    CHECK(Holds(json, '"' + key + "\":{\"count\":" + count + ','));
    CHECK_FALSE(Holds(log, key + "_p50_us=0"));
    CHECK(Holds(log, key + "_p50_us="));
  }
}

}  // namespace
}  // namespace switchboard::test
