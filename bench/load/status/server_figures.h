// What a server says of itself in /status.json: its pools, with how long turns have waited for a
// worker, and its services, with how long a turn took. That view is the exact one: sums in
// nanoseconds, steps of a sixteenth of an octave, where /metrics has an octave.
//
// Plain values; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STATUS_SERVER_FIGURES_H_
#define SWITCHBOARD_BENCH_LOAD_STATUS_SERVER_FIGURES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "include/switchboard/time_histogram.h"

namespace switchboard::load {

struct ServiceFigures {
  std::string name;
  std::string pool;     // whose workers serve it
  uint64_t reads = 0;   // complete ones, which is how many turns there were to be
  TimeHistogram times;  // of a worker's turn
  // Of these, to send the reply; none without the server's --time-writes, or of an older server.
  TimeHistogram writes;
};

struct PoolFigures {
  std::string name;
  uint64_t workers = 0;
  uint64_t busy = 0;    // of these, now
  uint64_t queued = 0;  // turns that wait now
  TimeHistogram waits;  // from dispatch to a worker's turn
  // From the reactor's look at what is there to the dispatch; none of an older server.
  TimeHistogram reactor;
};

struct ServerFigures {
  std::vector<ServiceFigures> services;
  std::vector<PoolFigures> pools;
};

// Throws std::invalid_argument with what is not as it should be.
ServerFigures ParseServerFigures(std::string_view status_json);

// What came between two looks; `busy` and `queued` are those of `after`. Throws std::runtime_error
// with one sentence if they are not of one server.
ServerFigures Difference(const ServerFigures& after, const ServerFigures& before);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STATUS_SERVER_FIGURES_H_
