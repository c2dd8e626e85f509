// The server, its threads and everything that can befall them, as each seed has it.

#include "doctest/doctest.h"
#include "tests/sim/world/seeds.h"

using namespace switchboard::sim;

TEST_CASE("ASeedReplaysExactly") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const TrialReport once = Run(PlanOf(seed));
    const TrialReport again = Run(PlanOf(seed));
    CHECK(again.trace_hash == once.trace_hash);
    CHECK(again.ended_ns == once.ended_ns);
    CHECK(Run(PlanOf(seed + 1)).trace_hash != once.trace_hash);
  }
}

TEST_CASE("NobodyLosesAByteOrWaitsForEver") {
  for (uint64_t seed = 1; seed <= SEEDS; ++seed) {
    const TrialPlan plan = PlanOf(seed);
    const TrialReport report = Run(plan);
    INFO(plan.name);
    REQUIRE(report.failure == "");
  }
}
