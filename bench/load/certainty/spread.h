// How far a share of a run's messages (those beyond some latency) may be off, from how it moves
// between the slices of the run. Messages that follow each other are not independent: one that
// waits in a queue is followed by others that wait. So slices are joined to batches until one batch
// no longer says anything about the next.
//
// Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_CERTAINTY_SPREAD_H_
#define SWITCHBOARD_BENCH_LOAD_CERTAINTY_SPREAD_H_

#include <span>

#include "bench/load/measure/histogram.h"

namespace switchboard::load {

struct Spread {
  double share = 0;           // of the messages that are beyond the value
  double standard_error = 0;  // of that share
  int batches = 0;
  int joined = 1;          // slices in each batch
  bool dependent = false;  // batches still follow each other, where there are too few to join more
  double trend = 0;        // of the share over the run, in standard errors of its own
};

// Fewer than these are no sample.
inline constexpr int kFewestBatches = 16;

// Of a ratio of two sums, such as messages to seconds, whose parts came one after another:
// kFewestBatches at least, and with some of the denominator. Its `share` is the ratio.
Spread SpreadOfRatio(std::span<const double> numerators, std::span<const double> denominators);

// Of the messages in `slices` that took longer than `value_ns`. The slices must hold some message,
// and be kFewestBatches at least.
Spread SpreadBeyond(std::span<const Histogram> slices, int64_t value_ns);

// The value that |t| of Student's distribution exceeds with probability 1 - `confidence`, for at
// least 8 degrees of freedom: Fisher and Cornish's expansion, good to a thousandth there.
double StudentQuantile(double confidence, int degrees_of_freedom);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_CERTAINTY_SPREAD_H_
