// switchboard-load staff plan: what varies on a machine, waits and the pace of its CPUs, as it was
// measured, in the simulation.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/load/staff/costs.h"
#include "bench/load/staff/plan/pace.h"
#include "bench/load/staff/plan/random.h"
#include "bench/load/staff/plan/scenario.h"
#include "bench/load/staff/spread.h"

namespace switchboard::load::sim {
namespace {

Costs PlainCosts() {
  Costs costs;
  costs.read = 2000;
  costs.write = 5000;
  costs.poll = 1500;
  costs.poll_event = 200;
  costs.wake = 3000;
  costs.hand_over = 2500;
  costs.job = 100;
  costs.client = 300;
  return costs;
}

Scenario PlainScenario() {
  Scenario scenario;
  scenario.callers = 50;
  scenario.workers = 2;
  scenario.cpus = 2;
  scenario.generator_here = true;
  scenario.messages = 20'000;
  return scenario;
}

TEST_CASE("ASpreadHasTheQuantilesOfWhatWasSeen") {
  std::vector<double> seen;
  for (int i = 1000; i >= 0; --i) seen.push_back(i * i);
  const Spread spread = Spread::Of(seen);
  for (const double percent : Spread::kPercents) {
    CHECK(spread.At(percent / 100) == doctest::Approx(100 * percent * percent));
  }
  CHECK(spread.Median() == 250'000);
  CHECK(Spread::Of({7}).At(0.999) == 7);
  CHECK(Spread(40).At(0) == 40);
  CHECK(Spread(40).At(1) == 40);
}

// Exponential, so that the tail is long.
TEST_CASE("WhatIsDrawnFromASpreadHasItsQuantiles") {
  std::vector<double> seen, drawn;
  for (int i = 0; i < 10'000; ++i) seen.push_back(-1e4 * std::log1p(-(i + 0.5) / 10'000));
  const Spread spread = Spread::Of(seen);
  Random random(7);
  for (int i = 0; i < 400'000; ++i) drawn.push_back(spread.At(random.Fraction()));
  const Spread again = Spread::Of(drawn);
  for (const double part : {0.1, 0.5, 0.9, 0.99, 0.999}) {
    CHECK(again.At(part) == doctest::Approx(spread.At(part)).epsilon(0.05));
  }
}

TEST_CASE("QuantilesThatAreNoneAreRefused") {
  std::vector<double> values(Spread::kPercents.size(), 5);
  CHECK(Spread::OfQuantiles(values).Median() == 5);
  values.back() = 4;
  CHECK_THROWS_AS(Spread::OfQuantiles(values), std::invalid_argument);
  values.back() = 6;
  values.front() = -1;
  CHECK_THROWS_AS(Spread::OfQuantiles(values), std::invalid_argument);
  values.pop_back();
  CHECK_THROWS_AS(Spread::OfQuantiles(values), std::invalid_argument);
}

// Pieces of 1 us, which took 1, 3 and 0.5 us.
TEST_CASE("WorkTakesWhatItTookThen") {
  const std::vector<int> percents{100, 300, 50};
  Pace pace(1000, percents, 0);
  CHECK(pace.Elapsed(0, 0) == 0);
  CHECK(pace.Elapsed(400, 0) == 400);
  CHECK(pace.Elapsed(1000, 400) == 600 + 3 * 400);        // into the slow piece
  CHECK(pace.Elapsed(600, 2200) == 3 * 600);              // to its end
  CHECK(pace.Elapsed(1500, 4000) == 500 + 500);           // the fast one, and the first again
  CHECK(pace.Elapsed(3000, 9000) == 4500);                // a whole turn, the second
  CHECK(pace.Elapsed(100, 4'500'000'000 + 1500) == 300);  // after a long rest
  Pace later(1000, percents, 4500 + 1000);
  CHECK(later.Elapsed(100, 0) == 300);
  Pace steady;
  CHECK(steady.Elapsed(12'345, 678) == 12'345);
}

TEST_CASE("CpusRecordedTogetherAreSlowTogetherAndFurtherOnesAtOtherTimes") {
  PaceRecord record{.piece = 1000, .percents = {std::vector<int>(1000, 100)}};
  record.percents[0][500] = 100'000;  // a millisecond
  record.percents.push_back(record.percents[0]);
  Random random(3);
  std::vector<Pace> paces = Pace::OfAll(record, 4, random);
  const auto slow_at = [](Pace& pace) {
    int64_t now_ns = 0;
    while (pace.Elapsed(1000, now_ns) < 10'000) now_ns += 1000;
    return now_ns;
  };
  const int64_t together_ns = slow_at(paces[0]);
  CHECK(slow_at(paces[1]) == together_ns);
  CHECK(slow_at(paces[2]) != together_ns);
  CHECK(slow_at(paces[3]) != together_ns);
}

TEST_CASE("NoiseIsTheSameForTheSameSeed") {
  Costs costs = PlainCosts();
  costs.wake_delay = Spread::Of({5000, 10'000, 90'000});
  costs.nap_delay = Spread::Of({30'000, 60'000});
  costs.pace = {.piece = 50'000, .percents = {{100, 90, 100, 700}, {110, 100, 100, 100}}};
  Scenario scenario = PlainScenario();
  const auto trace = [&](uint64_t seed) {
    scenario.seed = seed;
    return Simulate(scenario, costs).latency.ToSparse();
  };
  CHECK(trace(7) == trace(7));
  CHECK(trace(7) != trace(8));  // though callers in a closed loop do nothing by chance
}

// All that it has to do is work.
TEST_CASE("CpusOfHalfThePaceDoHalfAsMuch") {
  Costs costs = PlainCosts();
  costs.wake_delay = costs.nap_delay = 0;
  for (const char* service : {"", "50us"}) {
    Scenario scenario = PlainScenario();
    scenario.service_time = service;
    scenario.cpu_service = true;
    scenario.cpus = 1;
    costs.pace = {};
    const double usual = Simulate(scenario, costs).per_second;
    costs.pace = {.piece = 500'000, .percents = {{200}}};
    CHECK(Simulate(scenario, costs).per_second == doctest::Approx(usual / 2).epsilon(0.01));
    // As much on the average, one piece of ten at a time.
    costs.pace.percents = {std::vector<int>(10, 100)};
    costs.pace.percents[0][3] = 1100;
    CHECK(Simulate(scenario, costs).per_second == doctest::Approx(usual / 2).epsilon(0.03));
  }
}

// A CPU that is away for 5 ms in every 25: callers who never notice are served as fast as ever.
TEST_CASE("ACpuThatIsAwayMakesATail") {
  Costs costs = PlainCosts();
  costs.pace = {.piece = 500'000, .percents = {std::vector<int>(40, 100)}};
  costs.pace.percents[0][10] = 1100;
  Scenario scenario = PlainScenario();
  scenario.callers = 1;
  scenario.generator_here = false;
  scenario.cpus = 1;
  scenario.rate = 200;
  const Histogram latency = Simulate(scenario, costs).latency;
  CHECK(latency.PercentileNs(50) < 50'000);
  CHECK(latency.PercentileNs(99.9) > 75'000);
}

// What is a sleep takes no longer on a slow CPU, and is late by what was measured.
TEST_CASE("ASleepIsLateByItsSpread") {
  Costs costs;
  costs.timer_delay = Spread::OfQuantiles([] {
    std::vector<double> values(Spread::kPercents.size(), 50'000);
    for (size_t i = 0; i < values.size(); ++i) {
      if (Spread::kPercents[i] > 90) values[i] = 400'000;
    }
    return values;
  }());
  costs.pace = {.piece = 1000, .percents = {{300}}};
  Scenario scenario = PlainScenario();
  scenario.callers = 1;
  scenario.generator_here = false;
  scenario.service_time = "2ms";
  const Histogram latency = Simulate(scenario, costs).latency;
  CHECK(latency.PercentileNs(50) == doctest::Approx(2.05e6).epsilon(0.002));
  CHECK(latency.PercentileNs(85) == doctest::Approx(2.05e6).epsilon(0.002));
  CHECK(latency.PercentileNs(97) == doctest::Approx(2.4e6).epsilon(0.002));
}

}  // namespace
}  // namespace switchboard::load::sim
