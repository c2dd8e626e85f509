// How far figures may be believed: slices, intervals, drift, and the runs that go on until they
// know, on sources whose true percentiles are known. All of it is seeded; the large run of the same
// is until_coverage.

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "bench/load/certainty/assess.h"
#include "bench/load/certainty/slices.h"
#include "bench/load/certainty/spread.h"
#include "bench/load/certainty/until.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/measure/wishes.h"
#include "bench/load/show/json.h"
#include "bench/load/show/page/html.h"
#include "bench/load/show/text.h"
#include "tests/load/sources.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Histogram Of(int64_t value_ns, uint64_t times = 1) {
  Histogram histogram(Histogram::kMedium);
  histogram.Record(value_ns, times);
  return histogram;
}

// ---- Slices.

TEST_CASE("SlicesOfALongRunAreJoinedAndLoseNothing") {
  Slices slices(1000);
  constexpr size_t kAdded = 10 * Slices::kMost;
  for (size_t i = 0; i < kAdded; ++i) slices.Add(i, Of(1000, 1 + i % 2));
  CHECK(slices.slice_ns() == 16'000);
  CHECK(slices.all().size() == kAdded / 16);
  for (const Histogram& each : slices.all()) CHECK(each.count() == 24);
}

TEST_CASE("ASliceWithoutAValueIsASliceAllTheSame") {
  Slices slices;
  slices.Add(9, Of(1000));
  REQUIRE(slices.all().size() == 10);
  CHECK(slices.all()[0].count() == 0);
  CHECK(slices.all()[9].count() == 1);
  slices.Add(3, Of(1000));  // of a thread that is late
  CHECK(slices.all().size() == 10);
  slices.Clear();
  CHECK(slices.all().empty());
}

TEST_CASE("AHistogramSharesABucketEvenly") {
  Histogram histogram(Histogram::kCoarse);
  histogram.Record(1024, 100);
  CHECK(histogram.EstimateAbove(50) == 100);
  CHECK(histogram.EstimateAbove(1024 + 32 / 2) == doctest::Approx(50).epsilon(0.1));
  CHECK(histogram.EstimateAbove(2048) == 0);
}

// ---- The spread of a share.

TEST_CASE("StudentsQuantileIsThatOfTheTables") {
  CHECK(StudentQuantile(0.95, 15) == doctest::Approx(2.1314).epsilon(0.001));
  CHECK(StudentQuantile(0.95, 63) == doctest::Approx(1.9983).epsilon(0.001));
  CHECK(StudentQuantile(0.99, 15) == doctest::Approx(2.9467).epsilon(0.002));
}

// 100 messages in each slice, of which those that `slow` says are slow.
template <typename Slow>
std::vector<Histogram> SlicesWith(size_t count, Slow slow) {
  std::vector<Histogram> slices;
  for (size_t i = 0; i < count; ++i) {
    slices.push_back(Of(2'000'000, slow(i)));
    slices.back().Record(1'000'000, 100 - slow(i));
  }
  return slices;
}

TEST_CASE("SlicesThatFollowEachOtherAreJoinedToBatches") {
  const auto turns = SlicesWith(128, [](size_t i) { return i * 7 % 11; });
  CHECK(SpreadBeyond(turns, 1'500'000).joined == 1);
  const auto waves = SlicesWith(128, [](size_t i) { return i * 2654435761U % 97 < 48 ? 5 : 0; });
  const auto slow = SlicesWith(128, [](size_t i) { return (i / 3) * 40503U % 7 < 3 ? 20 : 0; });
  CHECK(SpreadBeyond(waves, 1'500'000).share == doctest::Approx(0.025).epsilon(0.2));
  const Spread spread = SpreadBeyond(slow, 1'500'000);
  CHECK(spread.joined > 1);
  CHECK(spread.batches == 128 / spread.joined);
  CHECK(spread.standard_error > SpreadBeyond(turns, 1'500'000).standard_error);
}

TEST_CASE("NeighboursThatFollowEachOtherOverTheWholeRunAreNamed") {
  const auto tide = SlicesWith(128, [](size_t i) {
    return static_cast<size_t>(20 + 20 * std::sin(static_cast<double>(i) / 10));
  });
  CHECK(SpreadBeyond(tide, 1'500'000).dependent);
}

TEST_CASE("TheSpreadIsNeverLessThanThatOfIndependentMessages") {
  const auto even = SlicesWith(64, [](size_t) { return 10; });
  const Spread spread = SpreadBeyond(even, 1'500'000);
  CHECK(spread.share == doctest::Approx(0.1));
  CHECK(spread.standard_error == doctest::Approx(std::sqrt(0.1 * 0.9 / 6400)));
}

// ---- What is promised, on simulated sources.

struct Counts {
  int covered = 0, drifting = 0, known = 0;
};

Counts RunsUntil(const Source& source, const Wish& wish, int runs) {
  Counts counts;
  for (int seed = 1; seed <= runs; ++seed) {
    const Simulated run = RunUntil(source, static_cast<uint64_t>(seed), wish, 100);
    counts.covered += Covers(run, source, wish.percent) ? 1 : 0;
    counts.drifting += run.certainty.drift.found ? 1 : 0;
    counts.known += run.known ? 1 : 0;
    CHECK((!run.known || run.certainty.Of(wish.percent)->Width() <= wish.within));
  }
  return counts;
}

TEST_CASE("IntervalsOfRunsThatEndByThemselvesHoldTheTruth") {
  constexpr int kRuns = 20;
  constexpr int kFewest = 16;  // 95 % less three standard errors
  for (const Source* source : {&kIndependent, &kBimodal}) {
    CAPTURE(std::string(source->name));
    const Counts counts = RunsUntil(*source, {99, 0.1}, kRuns);
    CHECK(counts.covered >= kFewest);
    CHECK(counts.known == kRuns);
    CHECK(counts.drifting == 0);
  }
}

TEST_CASE("AQueueThatIsBusyForNineTenthsOfTheTimeIsMeasuredLongEnough") {
  constexpr int kRuns = 8;
  const Counts counts = RunsUntil(kQueue, {90, 0.15}, kRuns);
  CHECK(counts.covered >= 6);
  CHECK(counts.known == kRuns);
}

TEST_CASE("AnIntervalThatTookDependentMessagesForIndependentWouldBeTooNarrow") {
  const Simulated run = RunFor(kQueue, 1, 2, 0);
  const LatencyInterval& p90 = *run.certainty.Of(90);
  const double messages = static_cast<double>(run.latency.count());
  const double independent = 2 * std::sqrt(0.9 * 0.1 / messages) / (0.1 * std::log(10));
  CHECK(p90.Width() > 4 * independent);
}

TEST_CASE("AMedianThatRisesByAFifthIsNamedAndOneThatStaysIsNot") {
  constexpr int kRuns = 10;
  for (const Source* source : {&kIndependent, &kBimodal}) {
    CAPTURE(std::string(source->name));
    int risen = 0, stationary = 0;
    for (uint64_t seed = 1; seed <= kRuns; ++seed) {
      const Drift drift = RunFor(*source, seed, 20, 0.2).certainty.drift;
      risen += drift.found && drift.last_ns > drift.first_ns ? 1 : 0;
      stationary += RunFor(*source, seed, 20, 0).certainty.drift.found ? 1 : 0;
    }
    CHECK(risen >= 8);
    CHECK(stationary <= 2);
  }
}

TEST_CASE("AQueueInItsBalanceDoesNotDrift") {
  int drifting = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    drifting += RunFor(kQueue, seed, 4, 0).certainty.drift.found ? 1 : 0;
  }
  CHECK(drifting <= 2);
}

TEST_CASE("WarmUpGoesOnWhileTheLatencyMoves") {
  Until until({{99, 0.05}});
  size_t slices = 0;
  for (bool settled = false; !settled && slices < 2000; ++slices) {
    // Halves every 8 slices: fast at first, then hardly at all.
    const double latency_ns = 1e6 + 9e6 * std::exp2(-static_cast<double>(slices) / 8);
    Histogram slice(Histogram::kMedium);
    for (int i = 0; i < 100; ++i) slice.Record(static_cast<int64_t>(latency_ns * (1 + 0.001 * i)));
    until.Add(slices, slice);
    settled = until.Settled();
  }
  CHECK(slices > 32);
  CHECK(slices < 2000);
}

// ---- What people and programs are told.

// A run of `seconds` with a wish, whose p99 lies between 0.9 and 1.1 ms.
Report RunWithWish(double within) {
  Report report = GoodReport();
  report.options.until = {{99, within}};
  report.certainty.intervals = {{99, 1'000'000, 900'000, 1'100'000}};
  report.certainty.batches = 64;
  report.certainty.batch_s = 0.02;
  return report;
}

TEST_CASE("AWishThatIsFulfilledIsValid") {
  Report report = RunWithWish(0.2);
  Judge(report);
  CHECK(report.verdict == kValid);
  CHECK(Has(ToText(report), "until      p99 within 20 %: known to 10 %"));
}

TEST_CASE("ARunThatEndedTooEarlySaysHowLongWouldDo") {
  Report report = RunWithWish(0.05);
  Judge(report);
  CHECK(report.verdict == kTooShort);
  // Half as wide takes four times as long, and a reserve.
  CHECK(report.reasons.front() == "p99 is known to 10 % and not to 5 %; --duration 5.2 would do");
  report.certainty.intervals.front().high_ns = 0;
  Judge(report);
  CHECK(report.verdict == kTooShort);
  CHECK(Has(report.reasons.front(), "p99 is not known from so few messages; --duration "));
  report = RunWithWish(0.2);
  report.certainty.dependent = true;
  Judge(report);
  CHECK(report.verdict == kTooShort);
  CHECK(Has(report.reasons.front(), "even batches of 0.02 s follow each other"));
}

TEST_CASE("MoreTimeIsNotTheWayOutOfAGeneratorThatIsTheLimit") {
  Report report = RunWithWish(0.05);
  report.generator.busy_share = 1;
  report.certainty.drift = {50, 1'000'000, 1'300'000, true};
  Judge(report);
  CHECK(report.verdict == kGeneratorBound);
  for (const std::string& each : report.reasons) CHECK_FALSE(Has(each, "--duration"));
}

TEST_CASE("ALatencyThatDriftsIsNotStationaryAndNotTooShort") {
  Report report = RunWithWish(0.05);
  report.certainty.drift = {50, 1'000'000, 1'300'000, true};
  Judge(report);
  CHECK(report.verdict == kNotStationary);
  CHECK(report.reasons.front() ==
        "p50 rose from 1.00 ms in the first quarter of the run to 1.30 ms in the last");
  CHECK(Has(ToHtml(report), "The latency moved while it was measured"));
}

TEST_CASE("WithoutAWishADriftIsSaidAndNotJudged") {
  Report report = RunWithWish(0.05);
  report.options.until.clear();
  report.certainty.drift = {50, 1'000'000, 700'000, true};
  Judge(report);
  CHECK(report.verdict == kValid);
  CHECK(Has(ToText(report), "drift      p50 fell from 1.00 ms"));
}

TEST_CASE("WhatIsKnownOfThePercentilesGoesThroughTheJson") {
  Report report = RunWithWish(0.05);
  report.options.until.push_back({97.5, 0.1});
  report.certainty.intervals.push_back({97.5, 900'000, 850'000, 0});
  report.certainty.drift = {50, 1'000'000, 1'300'000, true};
  Judge(report);
  const Json json = ToJson(report);
  CHECK(json["latency_interval_us"]["p99"]["low"].AsNumber() == 900);
  CHECK(json["latency_interval_us"]["p50"]["low"].IsNull());
  CHECK(json["until"].AsArray().at(0)["known_to"].AsNumber() == doctest::Approx(0.1));
  CHECK(json["until"].AsArray().at(1)["known_to"].IsNull());
  const Report again = FromJson(Json::Parse(json.ToString()));
  CHECK(again.options.until == report.options.until);
  CHECK(again.certainty.drift == report.certainty.drift);
  CHECK(ToJson(again).ToString() == json.ToString());
}

TEST_CASE("AWrongEchoHasNoIntervalEither") {
  Report report = RunWithWish(0.05);
  report.verification.damage.lost = 1;
  Judge(report);
  const Json json = ToJson(report);
  CHECK(json["latency_interval_us"]["p99"]["low"].IsNull());
  CHECK(json["until"].AsArray().at(0)["known_to"].IsNull());
  CHECK_FALSE(Has(ToText(report), "interval"));
}

TEST_CASE("ATimelineOfSecondsTellsIntervalsToo") {
  Report report = GoodReport();
  report.seconds = 20;
  report.timeline.assign(20, report.timeline.front());
  const Certainty certainty = AssessTimeline(report);
  CHECK(certainty.batches >= kFewestBatches);
  REQUIRE(certainty.Of(50) != nullptr);
  CHECK(certainty.Of(50)->Known());
  report.timeline.resize(5);
  report.seconds = 5;
  CHECK(AssessTimeline(report).intervals.empty());
}

}  // namespace
}  // namespace switchboard::load
