// Predicted beside measured, on histograms that are made up: what the formulas hold for, and each
// reason for which they do not.

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/load/staff/columns.h"
#include "bench/load/staff/formulas.h"
#include "bench/load/staff/measured/estimate.h"
#include "bench/load/staff/measured/judge.h"
#include "bench/load/staff/measured/measure.h"
#include "bench/load/staff/measured/samples.h"
#include "bench/load/staff/measured/show.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

constexpr double kServiceS = 5e-3;
constexpr double kTargetS = 20e-3;

void Add(TimeHistogram& times, double seconds, uint64_t count = 1) {
  const auto ns = static_cast<int64_t>(seconds * 1e9);
  times.counts[static_cast<size_t>(TimeHistogram::StepOf(ns))] += count;
  times.sum_ns += count * static_cast<uint64_t>(ns);
}

// The quantiles of an exponential distribution.
void AddExponential(TimeHistogram& times, double mean_s, int count) {
  for (int i = 0; i < count; ++i) Add(times, -mean_s * std::log((i + 0.5) / count));
}

// A slice of a second of a server that is as Erlang C has it; waits are `stretched` beside it.
Slice SliceOf(double rate, int64_t workers, double stretched = 1) {
  const Demand demand{.rate = rate, .service_s = kServiceS};
  const Waiting waiting = PredictWaiting(demand, workers);
  const int turns = static_cast<int>(rate);
  const int waited = static_cast<int>(std::lround(rate * waiting.p_wait));
  Slice slice;
  slice.seconds = 1;
  AddExponential(slice.services, kServiceS, turns);
  AddExponential(slice.waits, stretched * waiting.mean_wait_s / waiting.p_wait, waited);
  Add(slice.waits, 5e-6, static_cast<uint64_t>(turns - waited));
  return slice;
}

// 32 of them, of a load about which there is nothing to say.
Observed Good(double rate = 600, int64_t workers = 4) {
  Observed observed;
  observed.rate = rate;
  observed.connections = 1000;
  observed.workers = workers;
  observed.slices.assign(32, SliceOf(rate, workers));
  observed.messages = static_cast<uint64_t>(32 * rate);
  observed.lateness_ns = 50'000;
  observed.generator_busy_share = 0.2;
  return observed;
}

ModelVerdict VerdictOf(const Observed& observed) { return Judge(Evaluate(observed, kTargetS)); }

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("MeasuresWhatTheFormulaPredicts") {
  struct Case {
    double rate;
    int64_t workers;
  };
  for (const Case& each : {Case{100, 1}, {180, 1}, {320, 2}, {600, 4}, {2560, 16}}) {
    CAPTURE(each.rate);
    CAPTURE(each.workers);
    const RateResult result = Evaluate(Good(each.rate, each.workers), kTargetS);
    CHECK(result.ends);
    CHECK(result.demand.rate == doctest::Approx(each.rate));
    CHECK(result.demand.service_s == doctest::Approx(kServiceS).epsilon(0.01));
    CHECK(result.demand.cv == doctest::Approx(1).epsilon(0.02));
    CHECK(result.utilisation.measured.value ==
          doctest::Approx(result.utilisation.predicted).epsilon(0.01));
    REQUIRE(result.long_waits.size() == 4);
    CHECK(result.long_waits[0].over_s == doctest::Approx(result.demand.service_s / 10));
    CHECK(result.long_waits[3].over_s == kTargetS);
    const ModelVerdict verdict = Judge(result);
    CAPTURE(verdict.reason);
    CHECK(verdict.name == kModelHolds);
    CHECK(verdict.Holds());
  }
}

TEST_CASE("AServiceOfConstantLengthIsPredictedByItsCoefficientOfVariation") {
  Observed observed = Good();
  for (Slice& slice : observed.slices) {
    const uint64_t turns = slice.services.count();
    slice.services = {};
    Add(slice.services, kServiceS, turns);
  }
  const RateResult result = Evaluate(observed, kTargetS);
  const RateResult exponential = Evaluate(Good(), kTargetS);
  CHECK(result.demand.cv < 0.05);
  CHECK(result.mean_wait_s.predicted ==
        doctest::Approx(exponential.mean_wait_s.predicted / 2).epsilon(0.03));
  CHECK(Has(Judge(result).reason, "not exponential"));
}

TEST_CASE("MoreWorkThanWorkersIsUnstable") {
  Observed observed = Good();
  observed.rate = 801;  // what was served may be less
  const RateResult result = Evaluate(observed, kTargetS);
  CHECK_FALSE(result.ends);
  const ModelVerdict verdict = Judge(result);
  CHECK(verdict.name == "UNSTABLE");
  CHECK(Has(verdict.reason, "grows without end; give more workers or lower --rates"));
  observed.rate = 1e6;
  CHECK(Has(VerdictOf(observed).reason, "4,99"));  // 5,000, as the services are a little shorter
}

TEST_CASE("ALoadThatDidNotComeAboutIsNoModel") {
  Observed observed = Good();
  observed.not_reached = "connections broke";
  CHECK(VerdictOf(observed).name == "TARGET-NOT-REACHED");
  CHECK(VerdictOf(observed).reason == "connections broke");
}

TEST_CASE("AGeneratorThatIsLateIsNotPoisson") {
  Observed late = Good(), busy = Good(), behind = Good(), punctual = Good();
  late.lateness_ns = 3'000'000;
  CHECK(VerdictOf(late).name == "GENERATOR-BOUND");
  CHECK(Has(VerdictOf(late).reason, "3.00 ms late"));
  busy.generator_busy_share = 0.96;
  CHECK(VerdictOf(busy).name == "GENERATOR-BOUND");
  behind.not_sent = 7;
  CHECK(VerdictOf(behind).name == "GENERATOR-BOUND");
  CHECK(Has(VerdictOf(behind).reason, "7 messages that were due"));
  punctual.lateness_ns = 2'000'000;  // less than half a service
  CHECK(VerdictOf(punctual).Holds());
}

// The mean wait of these callers may be off by a tenth of 2.5 ms.
TEST_CASE("WhatMayHaveMovedTheMeanWaitIsNoFigure") {
  Observed observed = Good();
  observed.skew_ns = 100'000;
  CHECK(VerdictOf(observed).Holds());
  observed.skew_ns = 150'000;
  CHECK(VerdictOf(observed).name == "GENERATOR-BOUND");
  CHECK(Has(VerdictOf(observed).reason, "150 us more or less than"));
}

TEST_CASE("MessagesThatWaitBehindTheirCallersOwnAreNoQueueOfStrangers") {
  Observed observed = Good();
  observed.behind_another_share = 0.03;
  const ModelVerdict verdict = VerdictOf(observed);
  CHECK(verdict.name == "CALLERS-WAIT");
  CHECK(Has(verdict.reason, "3 % of the messages waited behind another of their own caller"));
  CHECK(Has(verdict.reason, "give more --connections than 1,000"));
}

TEST_CASE("TurnsThatAreOfOthersAreNoted") {
  Observed observed = Good();
  observed.messages -= observed.messages / 10;
  CHECK(VerdictOf(observed).name == "NOT-ALONE");
  CHECK(Has(VerdictOf(observed).reason, "19,200 turns"));
}

TEST_CASE("TooFewOrTooDifferentSlicesAreTooShort") {
  Observed few = Good();
  few.slices.resize(8);
  few.messages /= 4;
  const RateResult result = Evaluate(few, kTargetS);
  CHECK_FALSE(result.mean_wait_s.measured.margin);
  CHECK(Judge(result).name == "TOO-SHORT");

  Observed different = Good();
  for (size_t i = 0; i < different.slices.size(); ++i) {
    different.slices[i] = SliceOf(600, 4, i % 3 == 0 ? 2.2 : 0.4);
  }
  const ModelVerdict verdict = VerdictOf(different);
  CHECK(verdict.name == "TOO-SHORT");
  CHECK(Has(verdict.reason, "the mean wait is known to "));
  CHECK(Has(verdict.reason, "give a longer --duration, of "));
}

TEST_CASE("WhatDiffersWithoutAReasonIsOff") {
  Observed observed = Good();
  observed.slices.assign(32, SliceOf(600, 4, 1.5));
  const ModelVerdict verdict = VerdictOf(observed);
  CHECK(verdict.name == "MODEL-OFF");
  CHECK(Has(verdict.reason, "the mean wait was "));
  CHECK(Has(verdict.reason, "something that the model does not know"));
}

// An interval of no width would say that it never happens.
TEST_CASE("WhatWasNeverSeenMayYetHappenToThreeInAll") {
  Slice slice;
  slice.seconds = 1;
  Add(slice.services, kServiceS, 300);
  Add(slice.waits, 5e-6, 300);
  Observed observed = Good(300, 8);
  observed.slices.assign(32, slice);
  const RateResult result = Evaluate(observed, kTargetS);
  CHECK(result.p_wait.measured.value == 0);
  CHECK(result.p_wait.measured.margin.value_or(0) == doctest::Approx(3.0 / (32 * 300)));
}

TEST_CASE("WhatIsSmallIsNotShownAsNothing") {
  CHECK(RoundPercentText(0) == "0.00 %");
  CHECK(RoundPercentText(0.00031) == "0.03 %");
  CHECK(RoundPercentText(0.00003) == "0.003 %");
  CHECK(RoundPercentText(4e-7) == "<0.0001 %");
  CHECK(SecondsText(0.33e-9) == "0.33 ns");
  CHECK(SecondsText(7e-9) == "7 ns");
  CHECK(SecondsText(0) == "0 ns");
  CHECK(SecondsText(1e-3) == "1.00 ms");
}

// All wait for longer than the service takes, for the hand-over, of which no formula knows.
TEST_CASE("AHandOverThatIsLongBesideTheServiceIsNoWait") {
  Slice slice;
  slice.seconds = 1;
  Add(slice.services, 10e-6, 300);
  Add(slice.waits, 60e-6, 300);
  Observed observed = Good(300, 2);
  observed.slices.assign(32, slice);
  CHECK(VerdictOf(observed).name == "MODEL-HOLDS");
  slice = {};
  slice.seconds = 1;
  Add(slice.services, 10e-6, 300);
  Add(slice.waits, 60e-6, 290);
  Add(slice.waits, 300e-6, 10);
  observed.slices.assign(32, slice);
  CHECK(VerdictOf(observed).name == "MODEL-OFF");
}

TEST_CASE("OfSeveralReasonsTheFirstIsSaid") {
  Observed observed = Good();
  observed.slices.assign(32, SliceOf(600, 4, 1.5));
  observed.behind_another_share = 0.5;
  observed.lateness_ns = 10'000'000;
  CHECK(VerdictOf(observed).name == "GENERATOR-BOUND");
  observed.lateness_ns = 0;
  CHECK(VerdictOf(observed).name == "CALLERS-WAIT");
}

// What was served of it lies on the curve of what could have been, and is another rate.
TEST_CASE("ThePageHasARateThatGrowsWithoutEndWhereItWasAsked") {
  Measurement measurement;
  for (const double rate : {600.0, 5000.0}) {
    Observed observed = Good();
    observed.rate = rate;
    measurement.options.rates.push_back(rate);
    MeasuredRate& measured = measurement.rates.emplace_back();
    measured.result = Evaluate(std::move(observed), kTargetS);
    measured.verdict = Judge(measured.result);
  }
  REQUIRE_FALSE(measurement.rates[1].result.ends);
  const std::string page = ToHtml(measurement);
  CHECK(Has(page, "[\"run2\",600,"));
  CHECK(Has(page, "[\"run2\",5000,"));
  CHECK(Has(page, "mean wait at 5,000/s: "));
  CHECK(Has(page, ", and the queue grows without end\"]"));
}

// What a report and looks at the status come to.

Samples LooksAt(int count, const char* pool = "workers") {
  Samples samples;
  ServerFigures figures;
  figures.services.resize(2);
  figures.services[0].name = figures.services[0].pool = "discard";
  figures.services[1].name = "echo";
  figures.services[1].pool = pool;
  figures.pools.resize(2);
  figures.pools[0].name = "discard";
  figures.pools[0].workers = 9;
  figures.pools[1].name = pool;
  figures.pools[1].workers = 4;
  for (int i = 0; i < count; ++i) {
    samples.push_back({int64_t{i} * 1'000'000'000, figures});
    Add(figures.services[0].times, 1e-3);
    Add(figures.services[1].times, kServiceS, 10);
    Add(figures.pools[1].waits, 1e-3, 10);
  }
  return samples;
}

TEST_CASE("TakesThePoolThatDidTheWork") {
  Report report = GoodReport();
  report.options.rate = 10;
  const Observed observed = Observe(report, LooksAt(5));
  CHECK(observed.workers == 4);
  REQUIRE(observed.slices.size() == 4);
  CHECK(observed.slices[3].seconds == 1);
  CHECK(observed.slices[3].waits.count() == 10);
  CHECK(observed.slices[3].services.count() == 10);
  CHECK(observed.messages == report.messages);
}

// Waits that differ from look to look by a part of their mean: the interval narrows with the root
// of their number, and at which that is enough can be computed.
TEST_CASE("KnowsWhenTheMeanWaitIsKnownWell") {
  const auto looks_until = [](KnownWell known, double part) {
    Samples samples = LooksAt(1);
    for (int i = 1; i < 2000; ++i) {
      Sample next = samples.back();
      next.at_ns += 1'000'000'000;
      Add(next.figures.services[1].times, kServiceS, 10);
      // Up and down in no order that a neighbour could tell.
      const bool up = (static_cast<unsigned>(i) * 2654435761U >> 16 & 1) != 0;
      Add(next.figures.pools[1].waits, kServiceS * (1 + (up ? part : -part)), 10);
      samples.push_back(std::move(next));
      if (known(samples)) return i;
    }
    return 0;
  };
  const int coarse = looks_until(KnownWell(0.1), 0.3), fine = looks_until(KnownWell(0.02), 0.3);
  CHECK(coarse >= 33);
  CHECK(fine > 400);  // 2 * 0.3 / sqrt(n) is 0.02 at 900
  CHECK(fine < 1800);
  CHECK(looks_until(KnownWell(0.02), 0) < 60);
  CHECK(looks_until(KnownWell(0), 0) == 0);
}

// The mean is known at once: half of the waits are a little more than what is hand-over, and half a
// little less.
TEST_CASE("KnowsNothingWellBeforeItKnowsHowManyWait") {
  KnownWell known(0.1);
  Samples samples = LooksAt(1);
  for (unsigned i = 1; i < 1000; ++i) {
    Sample next = samples.back();
    next.at_ns += 1'000'000'000;
    Add(next.figures.services[1].times, kServiceS, 10);
    const bool up = (i * 2654435761U >> 16 & 1) != 0;
    Add(next.figures.pools[1].waits, up ? 0.25e-3 : 0.15e-3, 10);
    samples.push_back(std::move(next));
    CHECK_FALSE(known(samples));  // P(wait) to 2 * 0.5 / sqrt(i)
  }
  const MeasuredValue wait = MeanWait(SlicesOf(samples));
  CHECK(wait.Doubt() < PartOfWait(0.1, wait.value));
}

TEST_CASE("SaysThatNothingCameToTheServer") {
  CHECK_THROWS_AS((void)Observe(GoodReport(), LooksAt(1)), std::runtime_error);
  Samples idle(2, LooksAt(1).front());
  CHECK_THROWS_AS((void)Observe(GoodReport(), idle), std::runtime_error);
}

TEST_CASE("KnowsWhatOfALoadDidNotComeAbout") {
  Report report = GoodReport();
  CHECK(Observe(report, LooksAt(5)).not_reached.empty());
  report.generator.unanswered = 3;
  CHECK(Has(Observe(report, LooksAt(5)).not_reached, "3 messages were never answered"));
  report.errors_measured[{Phase::kReceive, "ECONNRESET"}] = 2;
  CHECK(Has(Observe(report, LooksAt(5)).not_reached, "connections broke or were refused 2 times"));
}

}  // namespace
}  // namespace switchboard::load
