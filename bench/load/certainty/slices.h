// The latencies of a run by when they were recorded, in slices of time of one length: what tells
// how much the figures of a run move within it. However long the run is there are at most kMost
// slices; when they are all in use, each two become one of twice the length.
//
// One owner, one thread. Adding allocates nothing.

#ifndef SWITCHBOARD_BENCH_LOAD_CERTAINTY_SLICES_H_
#define SWITCHBOARD_BENCH_LOAD_CERTAINTY_SLICES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bench/load/measure/histogram.h"

namespace switchboard::load {

class Slices {
 public:
  static constexpr int64_t kShortestNs = 20'000'000;
  static constexpr size_t kMost = 128;

  explicit Slices(int64_t shortest_ns = kShortestNs, int precision_bits = Histogram::kMedium);

  // Adds to the slice that holds the `index`th of the shortest slices since the beginning. All up
  // to there exist from then on, with or without a value.
  void Add(size_t index, const Histogram& latencies);
  void Clear();

  std::span<const Histogram> all() const { return std::span(slices_).first(used_); }
  int64_t slice_ns() const { return shortest_ns_ * static_cast<int64_t>(joined_); }

 private:
  void JoinPairs();

  const int64_t shortest_ns_;
  std::vector<Histogram> slices_;
  size_t used_ = 0;
  size_t joined_ = 1;  // of the shortest, in each
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_CERTAINTY_SLICES_H_
