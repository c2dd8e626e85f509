// switchboard-load staff plan: laws that hold of every host, in many of them that were drawn.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>

#include "bench/load/staff/costs.h"
#include "bench/load/staff/plan/bounds.h"
#include "bench/load/staff/plan/random.h"
#include "bench/load/staff/plan/scenario.h"

namespace switchboard::load::sim {
namespace {

Costs SomeCosts() {
  Costs costs;
  costs.cpus = 2;
  costs.read = 1300;
  costs.write = 6000;
  costs.poll = 1500;
  costs.poll_event = 200;
  costs.wake = 3000;
  costs.wake_delay = 10'000;
  costs.nap_delay = 40'000;
  costs.timer_delay = 50'000;
  costs.hand_over = 2500;
  costs.job = 100;
  costs.client = 900;
  return costs;
}

template <typename Value>
Value OneOf(Random& random, std::initializer_list<Value> values) {
  return *std::next(values.begin(), static_cast<std::ptrdiff_t>(random.Below(values.size())));
}

// From far below what a host does to far beyond.
Scenario Drawn(Random& random) {
  Scenario scenario;
  scenario.callers = OneOf<int64_t>(random, {1, 8, 64, 200, 10'000});
  scenario.rate = OneOf(random, {0.0, 0.0, 500.0, 5000.0, 30'000.0, 200'000.0, 1e7});
  if (!scenario.IsOpen()) scenario.callers = std::min<int64_t>(scenario.callers, 200);
  scenario.service_time = OneOf<std::string>(random, {"", "100us", "exp:300us", "1ms"});
  scenario.cpu_service = !scenario.service_time.empty() && random.Below(2) == 0;
  scenario.workers = OneOf(random, {1, 4, 64});
  scenario.processes = OneOf(random, {1, 2, 8});
  scenario.cpus = OneOf(random, {1, 2, 8});
  scenario.generator_here = random.Below(2) == 0;
  scenario.seed = random.Word();
  scenario.messages = 10'000;
  return scenario;
}

void CheckBounds(const Scenario& scenario, const Costs& costs, const Outcome& outcome) {
  const Bounds bounds = BoundsOf(scenario, costs, outcome.mean_service_ns);
  CHECK(outcome.per_second <= bounds.per_second * 1.03);
  if (!scenario.IsOpen()) CHECK(outcome.latency.MeanNs() >= bounds.mean_ns * 0.97);
  if (outcome.keeps_up && scenario.IsOpen()) CHECK(outcome.per_second <= scenario.rate);
}

// Whoever says that so much was done was busy with it meanwhile, and not before.
void CheckUtilisation(const Scenario& scenario, const Costs& costs, const Outcome& outcome) {
  for (const double part :
       {outcome.reactor, outcome.companion, outcome.workers, outcome.cpus, outcome.generator}) {
    CHECK(part <= 1);
  }
  const double callers = static_cast<double>(scenario.callers), size = scenario.size_bytes;
  const double reads_ns = costs.Read(size, callers) + costs.job + costs.poll_event;
  const double writes_ns = costs.Write(size, callers) + outcome.mean_service_ns;
  const double done = 0.9 * outcome.per_second / 1e9;
  CHECK(outcome.reactor * scenario.processes >= done * reads_ns);
  CHECK(outcome.workers * scenario.processes * scenario.workers >= done * writes_ns);
}

TEST_CASE("NoHostDoesMoreThanItsBounds") {
  Random random(187);
  const Costs costs = SomeCosts();
  for (int i = 0; i < 60; ++i) {
    const Scenario scenario = Drawn(random);
    CAPTURE(scenario.callers);
    CAPTURE(scenario.rate);
    CAPTURE(scenario.service_time);
    CAPTURE(scenario.cpu_service);
    CAPTURE(scenario.workers);
    CAPTURE(scenario.processes);
    CAPTURE(scenario.cpus);
    CAPTURE(scenario.generator_here);
    const Outcome outcome = Simulate(scenario, costs);
    CheckBounds(scenario, costs, outcome);
    CheckUtilisation(scenario, costs, outcome);
  }
}

}  // namespace
}  // namespace switchboard::load::sim
