// How far the percentiles of a run may be believed. Plain values, which certainty/assess.h finds
// out; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_CERTAINTY_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_CERTAINTY_H_

#include <cstdint>
#include <vector>

namespace switchboard::load {

// A wish: that percentile is to be known this well, as a share of itself.
struct Wish {
  double percent = 0;
  double within = 0;

  bool operator==(const Wish&) const = default;
};

// Where a percentile of the latency lies with 95 % confidence, if the run was like any other of the
// same target. An end is 0 where no message lies so far out.
struct LatencyInterval {
  double percent = 0;
  int64_t value_ns = 0;
  int64_t low_ns = 0;
  int64_t high_ns = 0;

  bool Known() const { return low_ns > 0 && high_ns > 0; }
  // The farther end's distance, as a share of the percentile itself. Infinite if an end is unknown.
  double Width() const;
};

// A percentile of the latency in the first and in the last quarter of the run.
struct Drift {
  double percent = 50;
  int64_t first_ns = 0;
  int64_t last_ns = 0;
  bool found = false;  // it moved on the way, by more than a tenth and more than by chance

  bool operator==(const Drift&) const = default;
};

// The confidence of every interval, and how it is found.
inline constexpr double kIntervalConfidence = 0.95;
inline constexpr const char* kIntervalMethod =
    "the percentiles at which the share of messages beyond is within chance of the one asked for, "
    "by "
    "how that share moves between batches of the run (Student's t)";

struct Certainty {
  std::vector<LatencyInterval> intervals;  // empty: the run was too short to say
  int batches = 0;                         // fewest, of any percentile
  double batch_s = 0;                      // longest
  bool dependent = false;  // even those follow each other: the intervals are too narrow
  Drift drift;             // of the median, or of a wished percentile that drifts

  // nullptr if nothing is known of that percentile.
  const LatencyInterval* Of(double percent) const;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_CERTAINTY_H_
