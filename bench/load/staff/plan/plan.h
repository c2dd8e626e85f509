// `switchboard-load staff plan`: what hosts that may not be here would do, by simulation.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_PLAN_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_PLAN_H_

#include <string>
#include <vector>

#include "bench/load/options/command_line.h"
#include "bench/load/staff/costs.h"
#include "bench/load/staff/plan/bounds.h"
#include "bench/load/staff/plan/scenario.h"

namespace switchboard::load::sim {

struct Plan {
  int64_t hosts = 1;
  Scenario host;    // one of them; the one with the most callers
  Outcome outcome;  // of it
  Bounds bounds;    // of it
  std::string bottleneck;
  std::vector<std::string> extrapolated;
  std::vector<std::string> warnings;
  double objective_percentile = 0;
  int64_t objective_ns = 0;
  bool objective_is_met = true;
};

// Throws std::invalid_argument for what makes no sense alone or together.
void Check(const CommandLine& line);
// Of a line that was checked. Throws std::runtime_error if no number of hosts keeps the objective.
Plan MakePlan(const CommandLine& line, const Costs& costs);

}  // namespace switchboard::load::sim

namespace switchboard::load {

// Like main: argv[0] is "plan".
int PlanMain(int argc, char** argv);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_PLAN_H_
