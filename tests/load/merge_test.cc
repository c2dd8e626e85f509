// The runs of several machines in one report.

#include "bench/load/merge/merge.h"

#include <doctest/doctest.h>

#include <fstream>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/load/base/exit_status.h"
#include "bench/load/base/json.h"
#include "bench/load/measure/report.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/show/json.h"
#include "tests/load/support.h"
#include "tests/support/files.h"

namespace switchboard::load {
namespace {

// A second of `messages` messages of `latency_ns` each, on as many connections, all well.
Report Run(const std::string& host, uint64_t messages, int64_t latency_ns) {
  Report report;
  report.options.target = "127.0.0.1:8000";
  report.options.connections = 2;
  report.options.seed = messages;
  report.machine.host = host;
  report.machine.cpus = 4;
  report.machine.started_at = "2030-01-02T03:04:05Z";
  report.seconds = 1;
  report.messages = messages;
  report.bytes = 64 * messages;
  report.timeline.resize(1);
  report.timeline[0].messages = messages;
  report.timeline[0].bytes = report.bytes;
  for (uint64_t i = 0; i < messages; ++i) {
    report.latency.Record(latency_ns);
    report.timeline[0].latency.Record(latency_ns);
  }
  report.naive_latency = report.latency;
  report.connect.Record(latency_ns);
  report.verification.verified_bytes = report.bytes;
  report.generator.busy_share = 0.5;
  report.generator.cpu_s = 0.5;
  report.generator.connections_open = 2;
  report.generator.mean_in_flight = static_cast<double>(report.latency.sum_ns()) / 1e9;
  report.generator.mean_in_flight_by_law = report.generator.mean_in_flight;
  Judge(report);
  REQUIRE(report.verdict == kValid);
  return report;
}

Report Fast() { return Run("fast", 9000, 50'000); }
Report Slow() { return Run("slow", 1000, 1'000'000); }
Report MergeTwo(const Report& a, const Report& b) { return Merge({{"a.json", a}, {"b.json", b}}); }

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}
bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("MergingOneRunChangesNothing") {
  Report run = Slow();
  run.warnings = {"a warning"};
  run.errors[{Phase::kReceive, "ECONNRESET"}] = 5;
  CHECK(ToJson(Merge({{"a.json", run}})).ToString() == ToJson(run).ToString());
}

TEST_CASE("PercentilesAreThoseOfAllValues") {
  Report both = MergeTwo(Fast(), Slow());
  Histogram all = Fast().latency;
  all.Merge(Slow().latency);
  CHECK(both.latency.ToSparse() == all.ToSparse());
  CHECK(both.latency.sum_ns() == all.sum_ns());
  // An average of the two p99 would be about half of this.
  CHECK(both.latency.PercentileNs(99) == 1'000'000);
  CHECK(both.latency.PercentileNs(50) == all.PercentileNs(50));
  CHECK(both.naive_latency.count() == 10'000);
  CHECK(both.connect.count() == 2);
}

TEST_CASE("CountsAndRatesAddUp") {
  Report a = Fast(), b = Slow();
  a.errors[{Phase::kReceive, "ECONNRESET"}] = 1;
  b.errors[{Phase::kReceive, "ECONNRESET"}] = 2;
  b.errors[{Phase::kReceive, "CLOSED"}] = 4;
  const Report both = MergeTwo(a, b);
  CHECK(both.messages == 10'000);
  CHECK(both.bytes == 640'000);
  CHECK(both.MessagesPerSecond() == 10'000);
  CHECK_FALSE(both.interrupted);
  b.interrupted = true;
  CHECK(MergeTwo(a, b).interrupted);
  CHECK(both.options.connections == 4);
  CHECK(both.options.threads == 2);
  CHECK(both.errors.at({Phase::kReceive, "ECONNRESET"}) == 3);
  CHECK(both.errors.at({Phase::kReceive, "CLOSED"}) == 4);
  CHECK(both.verification.verified_bytes == 640'000);
  CHECK(both.generator.connections_open == 4);
  CHECK(both.generator.cpu_s == 1.0);
  CHECK(both.generator.busy_share == 0.5);
  CHECK(both.machine.host == "fast, slow");
  CHECK(both.machine.cpus == 8);
  CHECK(both.verdict == kValid);
  CHECK(both.warnings.empty());
}

TEST_CASE("OneMachineHasItsCpusOnce") {
  Report a = Fast(), b = Slow();
  b.machine.host = a.machine.host;
  CHECK(MergeTwo(a, b).machine.cpus == 4);
}

TEST_CASE("TimelinesAddUpSecondBySecond") {
  Report a = Fast(), b = Slow();
  b.timeline.push_back(b.timeline[0]);
  const Report both = MergeTwo(a, b);
  REQUIRE(both.timeline.size() == 2);
  CHECK(both.timeline[0].messages == 10'000);
  CHECK(both.timeline[0].latency.count() == 10'000);
  CHECK(both.timeline[1].messages == 1000);
  CHECK(both.timeline[1].bytes == 64'000);
}

TEST_CASE("TheOrderOfTheRunsDoesNotMatter") {
  const Json ab = ToJson(MergeTwo(Fast(), Slow()));
  const Json ba = ToJson(MergeTwo(Slow(), Fast()));
  for (const char* key : {"verdict", "messages", "latency_us", "connect_us", "timeline",
                          "histograms", "verification", "generator"}) {
    CAPTURE(key);
    CHECK(ab[key].ToString() == ba[key].ToString());
  }
}

TEST_CASE("AMergedReportMergesAgain") {
  const Report two = MergeTwo(Fast(), Slow());
  const Report back = FromJson(Json::Parse(ToJson(two).ToString()));
  CHECK(MergeTwo(back, Run("third", 500, 70'000)).messages == 10'500);
}

TEST_CASE("TheWorstVerdictIsThatOfAll") {
  Report a = Fast(), b = Slow();
  b.generator.busy_share = 1;
  Report both = MergeTwo(a, b);
  CHECK(both.verdict == kGeneratorBound);
  CHECK(Has(Joined(both.reasons), "b.json: "));
  CHECK_FALSE(Has(Joined(both.reasons), "a.json: "));

  a.messages = 10;
  both = MergeTwo(a, b);
  CHECK(both.verdict == kTooShort);
  CHECK(Has(Joined(both.reasons), "a.json: 10 messages"));
  CHECK(Has(Joined(both.reasons), "b.json: "));
}

TEST_CASE("ALateGeneratorIsNotHiddenByPunctualOnes") {
  Report a = Fast(), b = Slow();
  for (Report* each : {&a, &b}) each->options.rate = 1;
  for (int i = 0; i < 10'000; ++i) a.send_lag.Record(1000);
  for (int i = 0; i < 10; ++i) b.send_lag.Record(900'000);
  const Report both = MergeTwo(a, b);
  CHECK(both.send_lag.PercentileNs(99) < kSendLagLimitNs);
  CHECK(both.verdict == kGeneratorBound);
  CHECK(both.options.rate == 2);
}

TEST_CASE("AVerdictIsJudgedAnewAndNotTakenFromTheFile") {
  Report a = Fast(), b = Slow();
  b.generator.busy_share = 1;
  b.verdict = kValid;
  CHECK(MergeTwo(a, b).verdict == kGeneratorBound);
  CHECK(Merge({{"b.json", b}}).verdict == kGeneratorBound);
}

TEST_CASE("AWrongEchoOfOneIsAWrongEchoOfAll") {
  Report a = Fast(), b = Slow();
  b.verification.bad_connections = 1;
  b.verification.damage.foreign = 8;
  const Report both = MergeTwo(a, b);
  CHECK(both.verdict == kVerificationFailed);
  CHECK(both.verification.damage.foreign == 8);
  CHECK_FALSE(both.verification.Passed());
  CHECK(ToJson(both)["messages_per_second"].IsNull());
}

TEST_CASE("WhatMakesTheSumDoubtfulIsSaid") {
  const auto warnings = [](const Report& b) { return Joined(MergeTwo(Fast(), b).warnings); };
  CHECK(warnings(Slow()).empty());
  Report b = Slow();
  b.options.target = "127.0.0.1:8001";
  CHECK(Has(warnings(b), "target"));
  b = Slow();
  b.options.max_size_bytes = 1500;
  CHECK(Has(warnings(b), "--size"));
  b = Slow();
  b.machine.started_at = "2030-01-02T03:05:05Z";
  CHECK(Has(warnings(b), "60 s apart"));
  b = Slow();
  b.seconds = 2;
  b.generator.mean_in_flight_by_law = b.generator.mean_in_flight;
  CHECK(Has(warnings(b), "1.00 to 2.00 s long"));
  CHECK(MergeTwo(Fast(), b).MessagesPerSecond() == 5000);
  b = Slow();
  b.warnings = {"few ports"};
  CHECK(Has(warnings(b), "b.json: few ports"));
  CHECK(Has(warnings(Fast()), "same run"));
  b = Slow();
  b.options.seed = Fast().options.seed;
  CHECK(Has(warnings(b), "'a.json' and 'b.json' have the same seed"));
}

TEST_CASE("ASearchKeepsItsVerdict") {
  Report search = Fast();
  search.options.rate = 1000;
  search.options.slo_percentile = 99;
  search.slo_met_rate = 1000;
  search.slo_steps = {{.rate = 1000, .verdict = kValid, .outcome = StepOutcome::kMet},
                      {.rate = 2000,
                       .verdict = kGeneratorBound,
                       .outcome = StepOutcome::kNotMeasured,
                       .is_long = true}};
  const Report one = Merge({{"a.json", FromJson(ToJson(search))}});
  CHECK(one.verdict == kGeneratorBound);
  CHECK(Has(Joined(one.reasons), "at least 1,000/s"));
}

// The same run from `start_s` on.
Report At(Report run, double start_s) {
  run.window_start_s = start_s;
  run.window_end_s = start_s + run.seconds;
  return run;
}

TEST_CASE("RunsOfTheSameTimeAreMergedWithoutAWord") {
  const Report both = MergeTwo(At(Fast(), 1000), At(Slow(), 1000.001));
  CHECK(both.warnings.empty());
  CHECK(both.seconds == doctest::Approx(1.001));
  CHECK(both.timeline.size() == 1);
}

TEST_CASE("RunsThatBeganApartAreAlignedAndSaidToBe") {
  Report late = Slow();
  late.seconds = 3;
  late.timeline.resize(3, late.timeline[0]);
  Report early = Fast();
  early.seconds = 3;
  early.timeline.resize(3, early.timeline[0]);
  const Report both = MergeTwo(At(late, 1001.6), At(early, 1000));
  CHECK(both.seconds == doctest::Approx(4.6));
  CHECK(both.window_start_s == 1000);
  CHECK(both.window_end_s == doctest::Approx(1004.6));
  REQUIRE(both.timeline.size() == 5);
  CHECK(both.timeline[0].messages == 9000);
  CHECK(both.timeline[2].messages == 10'000);
  CHECK(both.timeline[4].messages == 1000);
  CHECK(Has(Joined(both.warnings), "together the runs took 4.60 s"));
}

TEST_CASE("RunsAtDifferentTimesAreRefused") {
  CHECK_THROWS_WITH_AS(MergeTwo(At(Fast(), 1000), At(Slow(), 1002.5)),
                       doctest::Contains("'b.json' began 1.50 s after 'a.json' had ended"),
                       std::runtime_error);
}

TEST_CASE("RefusesRunsThatHaveNoSum") {
  Report b = Slow();
  b.options.rate = 1000;
  CHECK_THROWS_AS(MergeTwo(Fast(), b), std::runtime_error);
  b = Slow();
  b.options.slo_percentile = 99;
  CHECK_THROWS_AS(MergeTwo(Fast(), b), std::runtime_error);
  b = Slow();
  b.latency = Histogram(Histogram::kCoarse);
  CHECK_THROWS_AS(MergeTwo(Fast(), b), std::runtime_error);
}

// Writes the file `name`, and returns its path.
std::string Write(const test::TempFolder& folder, const std::string& name,
                  const std::string& text) {
  std::ofstream(folder / name) << text;
  return folder / name;
}

int Merging(std::initializer_list<std::string> arguments) {
  return ParseWith(MergeMain, "merge", arguments);
}

TEST_CASE("TheCommandWritesTheFilesThatWereAskedFor") {
  const test::TempFolder folder;
  const std::string a = Write(folder, "a.json", ToJson(Fast()).ToString());
  const std::string b = Write(folder, "b.json", ToJson(Slow()).ToString());
  CHECK(Merging({a, b, "--json", folder / "c.json", "--csv", folder / "c.csv", "--html",
                 folder / "c.html"}) == 0);
  CHECK(FromJson(Json::Parse(test::Contents(folder / "c.json"))).messages == 10'000);
  CHECK(Has(test::Contents(folder / "c.csv"), "\n0,10000,"));
  CHECK(Has(test::Contents(folder / "c.html"), "</html>"));
  CHECK(Merging({a}) == 0);
}

TEST_CASE("AWrongEchoIsTheCommandsExitStatus") {
  const test::TempFolder folder;
  Report bad = Slow();
  bad.verification.bad_connections = 1;
  const std::string a = Write(folder, "a.json", ToJson(Fast()).ToString());
  const std::string b = Write(folder, "b.json", ToJson(bad).ToString());
  CHECK(Merging({a, b}) == kExitVerification);
}

TEST_CASE("TheVerdictIsTheCommandsExitStatus") {
  const test::TempFolder folder;
  Report missing = Slow(), busy = Slow();
  missing.generator.connections_open = 1;
  busy.generator.busy_share = 1;
  const std::string a = Write(folder, "a.json", ToJson(missing).ToString());
  const std::string b = Write(folder, "b.json", ToJson(busy).ToString());
  CHECK(Merging({a}) == kExitNotReached);
  CHECK(Merging({"--strict", a}) == kExitNotReached);
  CHECK(Merging({b}) == 0);
  CHECK(Merging({"--strict", b}) == kExitNotValid);
  CHECK(Merging({"--strict", "--fail-if", "p50>1ns", b}) == kExitCondition);
}

TEST_CASE("AFileThatIsNoReportIsNamed") {
  const test::TempFolder folder;
  const std::string whole = ToJson(Fast()).ToString();
  const std::string good = Write(folder, "good.json", whole);
  const std::string wrong[] = {
      Write(folder, "empty.json", ""),
      Write(folder, "prose.json", "hello"),
      Write(folder, "other.json", "{\"schema\": \"other/1\"}"),
      Write(folder, "cut.json", whole.substr(0, whole.size() / 2)),
      folder / "missing.json",
      folder / "",
  };
  for (const std::string& path : wrong) {
    CAPTURE(path);
    try {
      Merging({good, path});
      FAIL_CHECK("it was taken for a report");
    } catch (const std::runtime_error& error) {
      CHECK(Has(error.what(), "'" + path + "'"));
      CHECK_FALSE(Has(error.what(), "\n"));
    }
  }
}

// `text` with `from`, which is in it, replaced once.
std::string With(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("ReadsTheSchemaBeforeThisOneAndNamesWhatItDoesNotKnow") {
  const test::TempFolder folder;
  const std::string whole = ToJson(Fast()).ToString();
  const std::string before = With(whole, "switchboard-load/2", "switchboard-load/1");
  CHECK(FromJson(Json::Parse(before)).messages == 9000);
  CHECK(FromJson(Json::Parse(before)).latency.count() == 9000);
  const std::string unknown = Write(folder, "unknown.json", With(whole, "load/2", "load/9"));
  CHECK_THROWS_WITH_AS(Merging({unknown}), doctest::Contains("'switchboard-load/9'"),
                       std::runtime_error);
}

TEST_CASE("NumbersThatCannotBeAreRefused") {
  const test::TempFolder folder;
  const std::string whole = ToJson(Fast()).ToString();
  for (const std::string wrong : {"\"seconds\": -1", "\"seconds\": -1.5", "\"seconds\": null"}) {
    CAPTURE(wrong);
    const std::string path = Write(folder, "a.json", With(whole, "\"seconds\": 1", wrong));
    CHECK_THROWS_WITH_AS(Merging({path}), doctest::Contains("'seconds': "), std::runtime_error);
  }
  const std::string cpus = With(whole, "\"cpus\": 4", "\"cpus\": 4294967300");
  CHECK_THROWS_AS(Merging({Write(folder, "a.json", cpus)}), std::runtime_error);
}

TEST_CASE("SumsBeyondWhatANumberHoldsAreRefused") {
  Report a = Fast(), b = Slow();
  a.verification.verified_bytes = UINT64_MAX;
  CHECK_THROWS_WITH_AS(MergeTwo(a, b), doctest::Contains("more than a number holds"),
                       std::runtime_error);
  a = Fast();
  a.generator.cpu_s = b.generator.cpu_s = 1e308;
  CHECK_THROWS_AS(MergeTwo(a, b), std::runtime_error);
  a = Fast();
  b = Slow();
  a.options.connections = b.options.connections = 2'000'000'000;
  CHECK_THROWS_AS(MergeTwo(a, b), std::runtime_error);
  const auto many = [] {
    return Histogram::FromSparse(Histogram::kFine, {{0, UINT64_MAX}}, 0, 0, 100, 100, 100);
  };
  a = Fast();
  b = Slow();
  a.connect = b.connect = many();
  CHECK_THROWS_AS(MergeTwo(a, b), std::runtime_error);
}

TEST_CASE("ANameThatIsNotUtf8IsRefused") {
  const test::TempFolder folder;
  const std::string path = Write(folder, "a\xff.json", ToJson(Fast()).ToString());
  CHECK_THROWS_WITH_AS(Merging({path}), doctest::Contains("is not UTF-8"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(Merging({Write(folder, "a.json", "{\"schema\": \"\xff\"}")}),
                       doctest::Contains("a string is not UTF-8"), std::runtime_error);
}

TEST_CASE("AWindowThatContradictsTheSecondsIsRefused") {
  const Report run = At(Fast(), 1000);
  CHECK_NOTHROW(FromJson(ToJson(run)));
  for (const double end_s : {999.0, 1005.0, 1e18}) {
    Report wrong = run;
    wrong.window_end_s = end_s;
    CHECK_THROWS_AS(FromJson(ToJson(wrong)), std::invalid_argument);
  }
}

TEST_CASE("WrongUseIsAUsageError") {
  CHECK_THROWS_AS(Merging({}), std::invalid_argument);
  CHECK_THROWS_AS(Merging({"--json"}), std::invalid_argument);
  CHECK_THROWS_AS(Merging({"--nonsense", "a.json"}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(Merging({"a.json", "-xyz"}),
                       "the option '-x' is not known; see switchboard-load merge --help",
                       std::invalid_argument);
}

}  // namespace
}  // namespace switchboard::load
