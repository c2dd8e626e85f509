// What a message costs the server and the load generator by its size: connections between two
// threads on two CPUs, or on one where there is one, which take turns to send on all of them and to
// receive from all. Who waits for its turn spins, so that no wake-up is in the figures.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_SIZES_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_SIZES_H_

#include <cstddef>

#include "bench/load/staff/calibrate/lines.h"

namespace switchboard::load {

// Medians over rounds, in nanoseconds.
struct TurnCosts {
  double send;     // of a message
  double receive;  // of a message
  double poll;     // of the epoll_wait that says of all connections that there is something
};
TurnCosts MeasureTurns(Lines& lines, size_t size, int most_rounds);

// What the generator does with a message of its own accord.
double MeasureClient(size_t size);
// A message's way through the locks, lists and clocks of the server.
double MeasureJob();

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_SIZES_H_
