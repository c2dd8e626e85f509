// The search for the highest rate that keeps an objective, on servers that are only figures.

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/load/base/json.h"
#include "bench/load/measure/objective.h"
#include "bench/load/measure/report.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/run/load.h"
#include "bench/load/run/search.h"
#include "bench/load/show/json.h"
#include "bench/load/show/text.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

constexpr int64_t kFastNs = 100'000;
constexpr int64_t kLimitNs = 1'000'000;
constexpr int64_t kSlowNs = 10'000'000;

Options Objective(double percentile = 99) {
  Options options;
  options.target = "127.0.0.1:8000";
  options.duration_s = 2;
  options.slo_percentile = percentile;
  options.slo_limit_ns = kLimitNs;
  options.quiet = true;
  return options;
}

// A step in which all went as it should and every message took `latency_ns`.
Report Step(const Options& step, int64_t latency_ns) {
  Report report;
  report.options = step;
  report.seconds = step.duration_s;
  report.messages = static_cast<uint64_t>(step.rate * step.duration_s);
  report.verification.verified_bytes = report.messages * step.min_size_bytes;
  report.latency.Record(latency_ns, report.messages);
  report.punctual_latency = report.latency;
  report.timeline.resize(static_cast<size_t>(std::ceil(report.seconds)));
  for (Second& second : report.timeline) second.messages = report.messages / report.timeline.size();
  report.generator.intended = report.messages;
  report.generator.connections_open = step.connections;
  Judge(report);
  return report;
}

// The same from a generator that had no time to spare.
Report BusyStep(const Options& step, int64_t latency_ns) {
  Report report = Step(step, latency_ns);
  report.generator.busy_share = 1;
  Judge(report);
  return report;
}

// A server that is fast up to `capacity` messages a second.
MeasureStep FastUpTo(double capacity) {
  return [=](const Options& step) { return Step(step, step.rate <= capacity ? kFastNs : kSlowNs); };
}

// Of the short steps, or of the long ones.
std::vector<double> Rates(const Report& report, bool is_long = false) {
  std::vector<double> rates;
  for (const SloStep& step : report.slo_steps) {
    if (step.is_long == is_long) rates.push_back(step.rate);
  }
  return rates;
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("DoublesThenBisectsAndConfirmsBothEndsOfTheRange") {
  const Report report = SearchRate(Objective(), FastUpTo(5100));
  // A rate that is missed is tried once more.
  CHECK(Rates(report) ==
        std::vector<double>{1000, 2000, 4000, 8000, 8000, 6000, 6000, 5000, 5500, 5500});
  CHECK(Rates(report, true) == std::vector<double>{5006, 5493});
  CHECK(report.options.rate == 5006);
  CHECK(report.seconds == 10);
  CHECK(report.latency.max_ns() == kFastNs);
  CHECK(report.verdict == kValid);
  CHECK(SearchResult(report) == "met up to 5,006/s, not met at 5,493/s");
  CHECK(Has(ToText(report), "\nlong step  5,493/s: 10.0 ms, not met\n"));
}

TEST_CASE("HalvesTheRateUntilTheObjectiveIsMet") {
  const Report report = SearchRate(Objective(), FastUpTo(300));
  CHECK(Rates(report) ==
        std::vector<double>{1000, 1000, 500, 500, 250, 375, 375, 312.5, 312.5, 281.25, 296.875});
  CHECK(report.slo_met_rate <= 300);
  CHECK(report.slo_missed_rate > 300);
  CHECK(report.slo_missed_rate <= 1.1 * report.slo_met_rate);
}

TEST_CASE("ARangeThatLongStepsDoNotConfirmMoves") {
  // Short steps find it faster than it is, as a server that is slow once its caches are full.
  for (const double true_rate : {3000, 4000, 5000, 6000}) {
    const Report report = SearchRate(Objective(), [&](const Options& step) {
      const double capacity = step.duration_s < 10 ? 5100 : true_rate;
      return Step(step, step.rate <= capacity ? kFastNs : kSlowNs);
    });
    CHECK(report.slo_met_rate <= true_rate);
    CHECK(report.slo_missed_rate > true_rate);
    CHECK(report.slo_missed_rate <= 1.1 * report.slo_met_rate);
    CHECK(report.options.rate == report.slo_met_rate);
    CHECK(report.verdict == kValid);
  }
}

TEST_CASE("AnAccidentIsNoMiss") {
  int accidents = 0;
  const Report report = SearchRate(Objective(), [&](const Options& step) {
    Report made = Step(step, step.rate <= 5100 ? kFastNs : kSlowNs);
    const bool first = accidents == 0 ? step.rate == 4000 : accidents == 1 && step.duration_s >= 10;
    if (!first) return made;
    ++accidents;
    made.timeline[0].errors = 1;
    Judge(made);
    REQUIRE(made.verdict == kTargetNotReached);
    return made;
  });
  CHECK(accidents == 2);
  CHECK(report.slo_met_rate <= 5100);
  CHECK(report.slo_missed_rate > 5100);
  CHECK(report.verdict == kValid);
}

// The attempts at a rate before this one, of a long step.
class LongAttempts {
 public:
  int Before(const Options& step) { return step.duration_s < 10 ? -1 : made_[step.rate]++; }

 private:
  std::map<double, int> made_;
};

TEST_CASE("AnAccidentIsNoMissWhateverTheAttemptsBeforeItSaid") {
  // Short steps find a border of 5100, so that all around it the true one may be.
  for (const double true_rate : {3000, 4000, 4700, 5050, 5200, 6000}) {
    CAPTURE(true_rate);
    LongAttempts attempts;
    const Report report = SearchRate(Objective(), [&](const Options& step) {
      const int before = attempts.Before(step);
      const bool fast = step.rate <= (before < 0 ? 5100 : true_rate);
      if (before == 0) return BusyStep(step, kFastNs);
      Report made = Step(step, fast ? kFastNs : kSlowNs);
      if (!fast || before != 1) return made;
      made.generator.unanswered = 1;
      Judge(made);
      REQUIRE(made.verdict == kTargetNotReached);
      return made;
    });
    CHECK(report.slo_met_rate <= true_rate);
    CHECK(report.slo_missed_rate > true_rate);
    CHECK(report.verdict == kValid);
  }
}

TEST_CASE("WhatFailsTwiceIsAMiss") {
  LongAttempts attempts;
  const Report report = SearchRate(Objective(), [&](const Options& step) {
    const int before = attempts.Before(step);
    if (before < 0) return Step(step, step.rate <= 5100 ? kFastNs : kSlowNs);
    if (before == 0) return BusyStep(step, kFastNs);
    Report made = Step(step, kFastNs);
    if (step.rate > 5100) made.generator.unanswered = 1;
    Judge(made);
    return made;
  });
  CHECK(SearchResult(report) == "met up to 5,006/s, not met at 5,493/s");
}

// Wherever the range has moved to by then.
TEST_CASE("ALongStepThatSaidNothingIsTriedAgainBeforeAnyOther") {
  for (const double true_rate : {3000, 4000, 4700, 5050, 5200, 6000}) {
    CAPTURE(true_rate);
    LongAttempts attempts;
    const Report report = SearchRate(Objective(), [&](const Options& step) {
      const int before = attempts.Before(step);
      if (before == 0) return BusyStep(step, kSlowNs);
      return Step(step, step.rate <= (before < 0 ? 5100 : true_rate) ? kFastNs : kSlowNs);
    });
    const std::vector<double> rates = Rates(report, true);
    for (size_t i = 0; i < rates.size(); i += 2) {
      REQUIRE(i + 1 < rates.size());
      CHECK(rates[i] == rates[i + 1]);
    }
    CHECK(report.slo_met_rate <= true_rate);
    CHECK(report.slo_missed_rate > true_rate);
  }
}

// What is beyond the limit comes in one second of each step, and as it will.
TEST_CASE("AnAnswerThatLongStepsDoNotGiveIsNotKnown") {
  double long_s = 0;
  size_t steps = 0;
  const Report report = SearchRate(Objective(), [&](const Options& step) {
    if (step.duration_s < 10) return Step(step, step.rate <= 5100 ? kFastNs : kSlowNs);
    long_s += step.duration_s;
    Report made = Step(step, kFastNs);
    const uint64_t beyond = made.messages / (++steps * 7 % 5 < 2 ? 40 : 400);
    made.latency.Record(kSlowNs, beyond);
    made.timeline[0].latency.Record(kSlowNs, beyond);
    Judge(made);
    REQUIRE(made.verdict == kValid);
    return made;
  });
  CHECK(long_s >= 900);
  CHECK(long_s < 3000);
  CHECK(report.slo_missed_rate == 0);
  CHECK(report.verdict == kTooShort);
  CHECK(SearchResult(report) ==
        "not known: short steps met it up to 5,000/s, long ones did not confirm it");
}

TEST_CASE("GivesUpWhereTheRateIsTooLowForThePercentile") {
  const Report report = SearchRate(Objective(), FastUpTo(0));
  CHECK(report.slo_steps.back().rate >= 50);
  CHECK(report.options.rate == report.slo_steps.back().rate);
  CHECK(SearchResult(report) == "met by no step");
  CHECK(Has(ToText(report), "10.0 ms, not met\n"));
}

TEST_CASE("AStepHasEnoughMessagesForThePercentile") {
  const auto fewest = [](double percentile) {
    double messages = 1e9;
    SearchRate(Objective(percentile), [&](const Options& step) {
      messages = std::min(messages, step.rate * step.duration_s);
      CHECK(step.duration_s >= 2);
      CHECK(step.duration_s < 21);
      return Step(step, kSlowNs);
    });
    return messages + 0.5;
  };
  CHECK(fewest(50) >= 200);
  CHECK(fewest(99) >= 1000);
  CHECK(fewest(99.9) >= 10'000);
  CHECK(fewest(99.99) >= 100'000);
}

TEST_CASE("StepsAreAsLongAsWasAskedFor") {
  Options options = Objective();
  options.duration_s = 60;
  options.warmup_s = 5;
  SearchRate(options, [](const Options& step) {
    CHECK((step.duration_s == 60 || step.duration_s >= 300));
    CHECK(step.warmup_s == 5);
    return Step(step, step.rate < 3000 ? kFastNs : kSlowNs);
  });
}

TEST_CASE("AGeneratorThatIsTheLimitIsNotBlamedOnTheServer") {
  const Report report = SearchRate(Objective(), [](const Options& step) {
    return step.rate <= 4100 ? Step(step, kFastNs) : BusyStep(step, kSlowNs);
  });
  CHECK(report.verdict == kGeneratorBound);
  CHECK(report.options.rate == 4000);
  CHECK(report.seconds == 10);
  CHECK(SearchResult(report) == "at least 4,000/s; above it the generator was the limit");
  CHECK(report.reasons.front() == SearchResult(report));
  CHECK(Has(report.reasons.back(), "--threads"));
  const std::string text = ToText(report);
  CHECK(Has(text, "8,000/s: 10.0 ms, not measurable (GENERATOR-BOUND)\n"));
  CHECK_FALSE(Has(text, "not met"));
}

TEST_CASE("AMeasuredMissBelowABusyStepIsTheServersLimit") {
  const Report report = SearchRate(Objective(), [](const Options& step) {
    if (step.rate >= 8000) return BusyStep(step, kFastNs);
    return Step(step, step.rate < 5900 ? kFastNs : kSlowNs);
  });
  CHECK(report.verdict == kValid);
  CHECK(Has(SearchResult(report), "met up to 5,"));
}

TEST_CASE("AGeneratorThatIsTheLimitFromTheStartTellsNothing") {
  const Report report =
      SearchRate(Objective(), [](const Options& step) { return BusyStep(step, kFastNs); });
  CHECK(report.verdict == kGeneratorBound);
  CHECK(SearchResult(report) == "not known: the generator was the limit");
}

TEST_CASE("AnAttemptThatSaysNothingIsRepeatedAndAllAreListed") {
  int attempts = 0;
  const Report report = SearchRate(Objective(), [&](const Options& step) {
    if (step.rate == 2000 && ++attempts < 3) return BusyStep(step, kSlowNs);
    return Step(step, step.rate <= 2000 ? kFastNs : kSlowNs);
  });
  CHECK(Rates(report) == std::vector<double>{1000, 2000, 2000, 2000, 4000, 4000, 3000, 3000, 2500,
                                             2500, 2250, 2250, 2125, 2125});
  CHECK(report.verdict == kValid);
  CHECK(report.slo_met_rate <= 2000);
  CHECK(report.slo_missed_rate > 2000);
}

TEST_CASE("ATargetThatDiesEndsTheSearchWithWhatWasMeasured") {
  const Report report = SearchRate(Objective(), [](const Options& step) {
    if (step.rate > 2000) throw std::runtime_error("nobody answers");
    return Step(step, kFastNs);
  });
  CHECK(Rates(report) == std::vector<double>{1000, 2000});
  CHECK(SearchResult(report) ==
        "not known: short steps met it up to 2,000/s; the search did not get further");
  CHECK(Has(ToText(report), "warning    the search ended early, at 4,000/s: nobody answers\n"));
  CHECK_THROWS_AS(
      SearchRate(Objective(), [](const Options&) -> Report { throw std::runtime_error("nobody"); }),
      std::runtime_error);
}

TEST_CASE("AWrongEchoEndsTheSearchAndLeavesNoFigure") {
  const Report report = SearchRate(Objective(), [](const Options& step) {
    Report made = Step(step, step.rate <= 1000 ? kFastNs : kSlowNs);
    if (step.rate > 1000) made.verification.bad_connections = 1;
    Judge(made);
    return made;
  });
  CHECK(report.slo_steps.size() == 2);
  CHECK(report.verdict == kVerificationFailed);
  CHECK_FALSE(Has(ToText(report), " us"));
  CHECK_FALSE(Has(ToText(report), " ms, "));
  CHECK(ToJson(report)["slo_steps"].AsArray().at(0)["percentile_us"].IsNull());
  CHECK(FromJson(ToJson(report)).slo_steps.size() == 2);
}

TEST_CASE("AStepThatWasCutShortSaysNothing") {
  std::atomic<bool> stop{false};
  const Report report = SearchRate(
      Objective(),
      [&](const Options& step) {
        stop = step.rate > 1000;
        return Step(step, kSlowNs / (step.rate > 1000 ? 1 : 100));
      },
      &stop);
  CHECK(Rates(report) == std::vector<double>{1000});
  CHECK(report.interrupted);
  CHECK(SearchResult(report) ==
        "not known: short steps met it up to 1,000/s; the search did not get further");
}

TEST_CASE("AWrongEchoOfALongStepIsNotHidden") {
  const Report report = SearchRate(Objective(), [](const Options& step) {
    Report made = Step(step, step.rate <= 5100 ? kFastNs : kSlowNs);
    if (step.duration_s >= 10 && step.rate > 5100) made.verification.bad_connections = 1;
    Judge(made);
    return made;
  });
  CHECK(report.verdict == kVerificationFailed);
  CHECK(report.slo_met_rate == 0);
}

}  // namespace
}  // namespace switchboard::load
