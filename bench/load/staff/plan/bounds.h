// What holds of a scenario whatever a simulation says: the bounds of operational analysis, and
// whether the scenario lies where simulations were compared with real runs. Functions without
// state; any thread.
//
// P. J. Denning and J. P. Buzen, "The operational analysis of queueing network models", ACM
// Computing Surveys 10, 1978: nobody is busy for more than all of the time (the utilisation law),
// so the throughput is at most what the busiest can do; and in a closed loop at most the callers
// over the time that a message takes if it waits for nothing (the asymptotic bounds).

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_BOUNDS_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_BOUNDS_H_

#include <string>
#include <vector>

#include "bench/load/staff/costs.h"
#include "bench/load/staff/plan/scenario.h"

namespace switchboard::load::sim {

// Of one host.
struct Bounds {
  double per_second = 0;  // at most
  std::string by;         // what sets it
  double mean_ns = 0;     // at least
};
// `service_ns` is the mean of the service.
Bounds BoundsOf(const Scenario& scenario, const Costs& costs, double service_ns);

// Who is busiest, for people: "employees (workers)" for instance; "nobody" if all have time and the
// host keeps up.
std::string BottleneckOf(const Scenario& scenario, const Outcome& outcome);

// In what the scenario, of which there are so many hosts, goes beyond all real runs that the
// simulation has matched, and the nearest of all real runs if it was missed; empty if in nothing.
std::vector<std::string> Extrapolated(const Scenario& scenario, int64_t hosts, const Costs& costs,
                                      double service_ns);

}  // namespace switchboard::load::sim

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_BOUNDS_H_
