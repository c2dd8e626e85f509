// What a load run says about itself: the text, the JSON and its way back, limits of the machine.

#include "bench/load/measure/report.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "bench/load/base/json.h"
#include "bench/load/base/units.h"
#include "bench/load/base/utf8.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/run/preflight.h"
#include "bench/load/show/csv.h"
#include "bench/load/show/json.h"
#include "bench/load/show/text.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

TEST_CASE("TheVerdictIsTheFirstLineAndSaidOnce") {
  Report report = GoodReport();
  for (const double busy_share : {0.1, 1.0}) {
    report.generator.busy_share = busy_share;
    Judge(report);
    const std::string text = ToText(report), &verdict = report.verdict;
    CHECK(verdict == (busy_share < 1 ? kValid : kGeneratorBound));
    CHECK(text.starts_with(verdict + "  "));
    CHECK(text.find(verdict, 1) == std::string::npos);
  }
}

TEST_CASE("AWrongEchoHasNoHeadlineFigure") {
  Report report = GoodReport();
  report.verification.damage.corrupted = 3;
  Judge(report);
  CHECK(ToText(report).find("1,000/s") == std::string::npos);
  const Json json = ToJson(report);
  CHECK(json["messages_per_second"].IsNull());
  CHECK(json["latency_us"]["p50"].IsNull());
  CHECK_FALSE(json["verification"]["passed"].AsBool());
}

TEST_CASE("TheJsonHasItsStableKeys") {
  Report report = GoodReport();
  report.errors[{Phase::kConnect, "ECONNREFUSED"}] = 2;
  Judge(report);
  const Json json = Json::Parse(ToJson(report).ToString());
  for (const char* key : {"schema",      "verdict",    "reasons",          "warnings",
                          "interrupted", "seconds",    "messages",         "messages_per_second",
                          "bytes",       "latency_us", "naive_latency_us", "connect_us",
                          "send_lag_us", "errors",     "verification",     "generator",
                          "config",      "machine",    "slo_steps",        "timeline",
                          "histograms"}) {
    CAPTURE(key);
    CHECK(json.Find(key) != nullptr);
  }
  for (const char* figure : {"latency_us", "naive_latency_us", "connect_us"}) {
    for (const char* key : {"p50", "p75", "p90", "p95", "p99", "p999", "p9999", "max", "mean"}) {
      CAPTURE(key);
      CHECK(json[figure].Find(key) != nullptr);
    }
  }
  CHECK(json["latency_us"]["p99"].AsNumber() == 1000);
  CHECK(json["latency_us"]["p999"].IsNull());  // one value beyond it tells nothing
  CHECK(json["latency_us"]["max"].AsNumber() == 1000);
  CHECK(json["latency_us"]["mean"].AsNumber() == 1000);
  CHECK(json["messages_per_second"].AsNumber() == 1000);
  const Json& error = json["errors"].AsArray().at(0);
  CHECK(error["phase"].AsString() == "connect");
  CHECK(error["error"].AsString() == "ECONNREFUSED");
  CHECK(error["count"].AsUnsigned() == 2);
}

TEST_CASE("AReportComesBackFromItsJson") {
  Report report = GoodReport();
  report.errors[{Phase::kReceive, "ECONNRESET"}] = 5;
  report.options.sources = {"127.0.0.9"};
  report.interrupted = true;
  report.options.arrivals = Arrivals::kPoisson;
  report.warnings = {"with \"quotes\", \\ and\nlines"};
  report.slo_steps.push_back(
      {.rate = 10, .reached_rate = 9, .percentile_ns = 5, .verdict = kValid});
  report.machine.host = "here";
  report.title = "a title";
  report.notes = {"one", "two"};
  report.command = "switchboard-load here:1";
  Judge(report);
  const std::string text = ToJson(report).ToString();
  const Report back = FromJson(Json::Parse(text));
  CHECK(ToJson(back).ToString() == text);
  CHECK(back.latency.PercentileNs(99) == report.latency.PercentileNs(99));
  CHECK(back.timeline.size() == 1);
}

TEST_CASE("RefusesAFileThatIsNoReport") {
  for (const char* text : {"", "{}", "[]", "{\"schema\": \"other/1\"}", "{\"schema\": 1}",
                           "{\"schema\": \"switchboard-load/1\"}", "{", "nul", "1 2", "\"\\x\"",
                           "[1,]", "{\"a\" 1}", "\"unfinished"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(FromJson(Json::Parse(text)), std::invalid_argument);
  }
  CHECK_THROWS_AS(Json::Parse(std::string(100'000, '[')), std::invalid_argument);
}

TEST_CASE("RefusesAReportThatContradictsItself") {
  const std::string good = ToJson(GoodReport()).ToString();
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    REQUIRE(text.find(from) != std::string::npos);
    return Json::Parse(text.replace(text.find(from), from.size(), to));
  };
  CHECK_NOTHROW(FromJson(Json::Parse(good)));
  for (const char* number : {"\"seconds\": 1", "\"bad_connections\": 0", "\"lost_bytes\": 0",
                             "\"messages\": 1000", "\"busy_share\": 0.5"}) {
    CAPTURE(number);
    const std::string key(number, std::string(number).find(' '));
    CHECK_THROWS_AS(FromJson(with(number, key + " null")), std::invalid_argument);
  }
  CHECK_THROWS_AS(FromJson(with("\"errors\": []", "\"errors\": null")), std::invalid_argument);
  CHECK_THROWS_AS(FromJson(with("\"count\": 1000", "\"count\": 999")), std::invalid_argument);
}

TEST_CASE("JsonKeepsWhatItIsGiven") {
  const char* const text =
      R"({"a": [1, -2, 2.5, 18446744073709551615], "b": "\u00e9\ud83d\ude00\n"})";
  const Json json = Json::Parse(text);
  CHECK(json["a"].AsArray().at(0).AsUnsigned() == 1);
  CHECK(json["a"].AsArray().at(1).AsSigned() == -2);
  CHECK(json["a"].AsArray().at(2).AsNumber() == 2.5);
  CHECK(json["a"].AsArray().at(3).AsUnsigned() == 18446744073709551615u);
  CHECK(json["b"].AsString() == "\xc3\xa9\xf0\x9f\x98\x80\n");
  CHECK(Json::Parse(json.ToString()).ToString() == json.ToString());
}

TEST_CASE("JsonIsUtf8WhateverItIsGiven") {
  const std::string bad[] = {"a\xff", "\xc3", "\xed\xa0\x80", "\xc0\xaf", "\xf5\x80\x80\x80"};
  for (const std::string& text : bad) {
    const std::string written = Json(text).ToString();
    CHECK(IsUtf8(written));
    CHECK(written.find(kNoUtf8) != std::string::npos);
    CHECK_THROWS_AS(Json::Parse("\"" + text + "\""), std::invalid_argument);
  }
  for (const char* half : {R"("\ud800")", R"("\udc00")", R"("\ud800\u0041")", R"("\ud83dx")"}) {
    CAPTURE(half);
    CHECK_THROWS_AS(Json::Parse(half), std::invalid_argument);
  }
}

TEST_CASE("AWrongEchoLeavesNoLatencyInAnyFile") {
  Report report = GoodReport();
  report.verification.damage.corrupted = 3;
  report.slo_steps.push_back({.rate = 10, .percentile_ns = 1'000'000, .verdict = kValid});
  Judge(report);
  CHECK(ToCsv(report).find("\n0,1000,0,0,,,,,,,,\n") != std::string::npos);
  const Json json = ToJson(report);
  const Json& second = json["timeline"].AsArray().at(0);
  for (const Percentile& each : kPercentiles) CHECK(second["latency_us"][each.key].IsNull());
  CHECK(second["messages"].AsUnsigned() == 1000);
  CHECK(json["slo_steps"].AsArray().at(0)["percentile_us"].IsNull());
  CHECK(ToText(report).find("1.00 ms") == std::string::npos);
}

TEST_CASE("TheTimelineIsAsLongAsTheRunAndEmptyWhereNothingWasAnswered") {
  Report report = GoodReport();
  report.seconds = 3;
  report.timeline.resize(2);  // the last answer came in the first second, an error in the next
  report.timeline[1].errors = 4;
  const std::string csv = ToCsv(report);
  CHECK(csv.find("\n1,0,0,4,,,,,,,,\n2,0,0,0,,,,,,,,\n") != std::string::npos);
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 4);
  const Json json = ToJson(report);
  const Json::Array& timeline = json["timeline"].AsArray();
  REQUIRE(timeline.size() == 3);
  CHECK(timeline[0]["latency_us"]["max"].AsNumber() > 0);
  CHECK(timeline[2]["latency_us"]["p50"].IsNull());
  CHECK(FromJson(json).timeline.size() == 3);
}

TEST_CASE("APercentileIsShownIfTenValuesLieBeyondIt") {
  const std::string text = ToText(GoodReport());
  CHECK(
      text.find("latency     1.00 ms 1.00 ms 1.00 ms 1.00 ms 1.00 ms       -       - 1.00 ms\n") !=
      std::string::npos);
  Report report = GoodReport();
  report.latency.Clear();
  report.latency.Record(1'000'000, 999);
  CHECK(ToText(report).find(
            "latency     1.00 ms 1.00 ms 1.00 ms 1.00 ms       -       -       - 1.00 ms\n") !=
        std::string::npos);
}

TEST_CASE("ErrorsSayWhichOfThemWereMeasured") {
  Report report = GoodReport();
  report.errors[{Phase::kReceive, "CLOSED"}] = 5;
  CHECK(ToText(report).find("receive CLOSED: 5, 0 while it was measured\n") != std::string::npos);
  report.errors_measured[{Phase::kReceive, "CLOSED"}] = 5;
  CHECK(ToText(report).find("receive CLOSED: 5\n") != std::string::npos);
}

TEST_CASE("WhatTheGeneratorWasTooLateForIsNotTheTargets") {
  Report report = GoodReport();
  report.options.rate = 2000;
  report.generator.intended = 2000;
  report.generator.too_late = 1000;
  Judge(report);
  CHECK(report.verdict == kGeneratorBound);
  CHECK(Mentions(report, "it did not come to 1000 of 2000 messages"));
  CHECK_FALSE(Mentions(report, "that the schedule asked for"));
  CHECK(ToText(report).find("too late   1,000 messages: the generator did not") !=
        std::string::npos);
}

TEST_CASE("AnOpenLoopWithoutANaiveFigureSaysWhy") {
  Report report = GoodReport();
  report.options.rate = 1000;
  CHECK(ToText(report).find("; naive is what a tester sees") != std::string::npos);
  CHECK(ToText(report).find("none, a reply was owed") == std::string::npos);
  report.naive_latency.Clear();
  CHECK(ToText(report).find("; naive is what a tester sees") == std::string::npos);
  CHECK(ToText(report).find("  naive    none, a reply was owed all the time\n") !=
        std::string::npos);
  CHECK(ToJson(report)["naive_latency_us"]["p50"].IsNull());
}

TEST_CASE("TheCsvHasALineForEachSecond") {
  const std::string csv = ToCsv(GoodReport());
  CHECK(csv.find("second,messages,bytes,errors,") == 0);
  CHECK(csv.find("\n0,1000,") != std::string::npos);
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 2);
}

TEST_CASE("DurationsAreShortAndHaveTheirUnit") {
  CHECK(DurationText(0) == "0 ns");
  CHECK(DurationText(999) == "999 ns");
  CHECK(DurationText(1'234) == "1.23 us");
  CHECK(DurationText(12'345) == "12.3 us");
  CHECK(DurationText(123'456) == "123 us");
  CHECK(DurationText(999'999) == "1.00 ms");
  CHECK(DurationText(3'600'000'000'000) == "3600 s");
}

Limits EnoughOfEverything() {
  return {.descriptors = 20'000,
          .ports = 28'000,
          .local_addresses = 1,
          .memory_bytes = int64_t{8} << 30,
          .backlog = 4096,
          .local = true};
}

std::string FirstObstacle(const Options& options, const Limits& limits) {
  const auto obstacles = Preflight(options, limits);
  return obstacles.empty() ? "" : obstacles.front().sentence;
}

TEST_CASE("SaysWhichLimitWouldStopTheRunAndTheWayOut") {
  Options options;
  options.connections = 19'000;
  CHECK(FirstObstacle(options, EnoughOfEverything()).empty());

  Limits limits = EnoughOfEverything();
  limits.descriptors = 1024;
  CHECK(FirstObstacle(options, limits).find("prlimit") != std::string::npos);

  limits = EnoughOfEverything();
  limits.ports = 1000;
  CHECK(FirstObstacle(options, limits).find("ip_local_port_range") != std::string::npos);
  limits.local_addresses = 20;
  CHECK(FirstObstacle(options, limits).empty());
  limits.local_addresses = 0;  // a unix socket needs no ports
  CHECK(FirstObstacle(options, limits).empty());

  limits = EnoughOfEverything();
  limits.memory_bytes = 1 << 20;
  CHECK(FirstObstacle(options, limits).find("--connections") != std::string::npos);
  limits.memory_bytes = -1;
  CHECK(FirstObstacle(options, limits).empty());

  limits = EnoughOfEverything();
  limits.backlog = 16;
  CHECK(FirstObstacle(options, limits).find("somaxconn") != std::string::npos);

  limits = EnoughOfEverything();
  limits.ports = 100;
  options.connections = 10;
  options.calls_per_second = 5000;
  CHECK(FirstObstacle(options, limits).find("--source") != std::string::npos);
}

}  // namespace
}  // namespace switchboard::load
