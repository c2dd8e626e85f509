// What a seed stands for: an arrangement of options, callers, faults and moments.

#ifndef SWITCHBOARD_TESTS_SIM_WORLD_SEEDS_H_
#define SWITCHBOARD_TESTS_SIM_WORLD_SEEDS_H_

#include <cstdint>
#include <span>

#include "tests/sim/world/trial.h"

namespace switchboard::sim {

TrialPlan PlanOf(uint64_t seed);

// The same, where the bytes of a fuzzer stand for the choices.
TrialPlan PlanOf(std::span<const uint8_t> choices);

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_WORLD_SEEDS_H_
