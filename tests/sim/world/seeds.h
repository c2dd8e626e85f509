// What a seed stands for: an arrangement of options, callers, faults and moments.

#ifndef SWITCHBOARD_TESTS_SIM_WORLD_SEEDS_H_
#define SWITCHBOARD_TESTS_SIM_WORLD_SEEDS_H_

#include <cstdint>

#include "tests/sim/world/trial.h"

namespace switchboard::sim {

TrialPlan PlanOf(uint64_t seed);

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_WORLD_SEEDS_H_
