// What must be true of every run, whatever happened in it.

#ifndef SWITCHBOARD_TESTS_SIM_WORLD_ORACLE_H_
#define SWITCHBOARD_TESTS_SIM_WORLD_ORACLE_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/sim/world/trial.h"

namespace switchboard::sim {

// The first thing that is wrong; empty if nothing is. The server is gone by now.
std::string Judge(const TrialPlan& plan, const TrialReport& report, const Machine& machine,
                  const std::vector<std::unique_ptr<Caller>>& callers);

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_WORLD_ORACLE_H_
