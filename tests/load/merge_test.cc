// The runs of several machines in one report.

#include "bench/load/merge/merge.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "bench/load/base/json.h"
#include "bench/load/measure/report.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/show/json.h"
#include "bench/load/show/text.h"
#include "tests/load/finished_runs.h"

namespace switchboard::load {
namespace {

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
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

TEST_CASE("EachMachineHasARow") {
  Report a = At(Fast(), 1000), b = At(Slow(), 1000);
  b.generator.busy_share = 1;
  for (int i = 0; i < 1000; ++i) b.send_lag.Record(20'000);
  b.options.share = b.options.shares = 2;
  a.options.shares = 2;
  const Report both = MergeTwo(a, b);
  for (const Report& report : {both, FromJson(Json::Parse(ToJson(both).ToString()))}) {
    REQUIRE(report.machines.size() == 2);
    const MergedRun &first = report.machines[0], &second = report.machines[1];
    CHECK(first.name == "a.json");
    CHECK(second.name == "b.json");
    CHECK(second.host == "slow");
    CHECK(second.share == 2);
    CHECK(second.shares == 2);
    CHECK(first.messages_per_second == 9000);
    CHECK(second.messages == 1000);
    CHECK(*second.p99_ns / 1000 == 1000);
    CHECK(*second.send_lag_p99_ns / 1000 == 20);
    CHECK_FALSE(first.send_lag_p99_ns.has_value());
    CHECK_FALSE(first.clock_ahead_s.has_value());
    CHECK(first.verdict == kValid);
    CHECK(second.verdict == kGeneratorBound);
    CHECK(report.options.shares == 1);
  }
  CHECK(Has(ToText(both), "b.json      1,000/s"));
  CHECK(both.machines.size() == MergeTwo(both, At(Fast(), 1000)).machines.size() - 1);
}

TEST_CASE("AMergedReportKeepsTheVerdictOfItsMachines") {
  Report b = Slow();
  b.generator.waiting_share = 0.3;
  b.generator.busy_share = 0.4;
  const Report both = FromJson(ToJson(MergeTwo(Fast(), b)));
  CHECK(both.verdict == kGeneratorBound);
  CHECK(Merge({{"sum.json", both}}).verdict == kGeneratorBound);
}

TEST_CASE("MachinesThatMeasuredTogetherForTooShortATimeAreNoSum") {
  CHECK(MergeTwo(At(Fast(), 1000), At(Slow(), 1000.05)).verdict == kValid);
  const Report both = MergeTwo(At(Fast(), 1000), At(Slow(), 1000.25));
  CHECK(both.verdict == kTooShort);
  CHECK(Has(Joined(both.reasons), "together for only 0.75 of 1.25 s"));
}

TEST_CASE("ClocksThatAreKnownToDifferAreCorrected") {
  Report a = At(Fast(), 1000), b = At(Slow(), 1030);
  a.machine.clock_ahead_s = -10;
  b.machine.clock_ahead_s = 20;
  a.machine.clock_error_s = b.machine.clock_error_s = 0.001;
  const Report both = MergeTwo(a, FromJson(ToJson(b)));
  CHECK(both.verdict == kValid);
  CHECK(both.window_start_s == 1010);
  CHECK(both.seconds == 1);
  CHECK(*both.machines[0].clock_ahead_s == -10);
  CHECK(*both.machines[1].clock_error_s == 0.001);
  CHECK(Has(ToText(both), "+20.0 s (to 1.00 ms)"));
  // What is not known of all is known of none.
  b.machine.clock_ahead_s.reset();
  CHECK_THROWS_AS(MergeTwo(a, b), std::runtime_error);
}

TEST_CASE("SharesAreOneLoadIfAllAreThereOnce") {
  const auto warnings = [](int a_share, int a_shares, int b_share, int b_shares) {
    Report a = Fast(), b = Slow();
    a.options.seed = b.options.seed = 5;
    a.options.share = a_share;
    a.options.shares = a_shares;
    b.options.share = b_share;
    b.options.shares = b_shares;
    return Joined(MergeTwo(a, b).warnings);
  };
  CHECK(warnings(1, 2, 2, 2).empty());
  CHECK(warnings(2, 2, 1, 2).empty());
  CHECK(Has(warnings(1, 3, 2, 3), "of the 3 shares 1 is missing"));
  CHECK(Has(warnings(1, 2, 1, 2), "share 1/2 is there 2 times"));
  CHECK(Has(warnings(1, 2, 1, 2), "have the same seed"));
  CHECK(Has(warnings(1, 2, 2, 3), "how many shares"));
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

}  // namespace
}  // namespace switchboard::load
