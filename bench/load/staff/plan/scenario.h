// What a simulation of one host is asked, and what comes of it. Plain values; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_SCENARIO_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_SCENARIO_H_

#include <cstdint>
#include <string>

#include "bench/load/measure/histogram.h"
#include "bench/load/staff/costs.h"

namespace switchboard::load::sim {

struct Scenario {
  int64_t callers = 1;
  double rate = 0;  // messages per second of all, at random moments; 0: each after its last echo
  uint32_t size_bytes = 64;
  std::string service_time;  // of a message; empty: none
  bool cpu_service = false;  // it takes CPU time, and is no sleep
  int workers = 1;           // of a process
  int processes = 1;
  int cpus = 1;
  bool generator_here = false;  // the callers are a thread of this host
  uint64_t seed = 1;
  int64_t messages = 200'000;  // to measure, after as many that are not

  bool IsOpen() const { return rate > 0; }
};

struct Outcome {
  Histogram latency;  // from when a caller speaks, or is due to, until it has its echo
  double seconds = 0;
  double per_second = 0;
  bool keeps_up = true;  // false: of an open loop, more is said than answered
  // The part of the time in which they have something to do.
  double reactor = 0;
  double workers = 0;    // asleep in a service counts
  double companion = 0;  // CPU time of each process' first worker
  double cpus = 0;
  double generator = 0;
  double wakes_per_message = 0;
  double mean_service_ns = 0;  // as it was drawn
  double p_wait = 0;           // in the run queue
  double mean_wait_ns = 0;
};

// Deterministic: the same scenario and costs have the same outcome. Throws std::runtime_error if
// the file of a service time cannot be read.
Outcome Simulate(const Scenario& scenario, const Costs& costs);

}  // namespace switchboard::load::sim

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_SCENARIO_H_
