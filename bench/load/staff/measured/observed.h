// What was seen of a server at one rate of messages: what its status port said, in slices of the
// measured part, and what the generator knows. Plain values; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_OBSERVED_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_OBSERVED_H_

#include <cstdint>
#include <string>
#include <vector>

#include "include/switchboard/time_histogram.h"

namespace switchboard::load {

// Between two looks at the pool that serves the load.
struct Slice {
  double seconds = 0;
  TimeHistogram waits;     // for a worker
  TimeHistogram services;  // a worker's turns, of whatever service
};

struct Observed {
  double rate = 0;  // messages per second that were asked for
  int connections = 0;
  int64_t workers = 0;
  std::vector<Slice> slices;

  uint64_t messages = 0;            // of this load, answered meanwhile
  double behind_another_share = 0;  // sent while the caller's last one was not answered
  int64_t lateness_ns = 0;          // 99 % were taken up by the generator within that time
  // How far from the median of them they were taken up late in the mean: what is always late by the
  // same comes as regularly as it should.
  double skew_ns = 0;
  double generator_busy_share = 0;  // of its busiest thread
  uint64_t not_sent = 0;            // that were due
  std::string not_reached;          // what did not come about of the load; empty if all did
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_OBSERVED_H_
