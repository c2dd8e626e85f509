// What was answered when, finer than by the second: in bins of 100 ms, so that a stall of half that
// is seen. However long a run is there are at most kMost bins; when they are all in use, each two
// become one of twice the length.
//
// Times count from the beginning of the measured part. One owner, one thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_BINS_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_BINS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bench/load/measure/histogram.h"

namespace switchboard::load {

struct Bin {
  static constexpr int kPrecisionBits = 4;  // 6 %

  uint64_t errors = 0;
  Histogram latency{kPrecisionBits};  // has as many values as messages were answered

  void Add(const Bin& other);
};

class Bins {
 public:
  static constexpr int64_t kShortestNs = 100'000'000;
  static constexpr size_t kMost = 640;

  Bins() = default;
  // As a file has them. Throws std::invalid_argument if there are too many, or they are not as bins
  // are.
  Bins(int64_t bin_ns, std::vector<Bin> bins);

  // Makes the bins of so many seconds, of which none has to be allocated later.
  void MakeRoom(double seconds);

  // The bin of a time of 0 or later; all before it exist from then on.
  Bin& At(int64_t time_ns) {
    if (time_ns < begin_ns_ || time_ns >= end_ns_) Seek(time_ns);
    return bins_[current_];
  }

  // Adds what began `later_ns` after this, to a bin's length. Throws as Histogram::Merge.
  void Add(const Bins& other, int64_t later_ns = 0);

  std::span<const Bin> all() const { return std::span(bins_).first(used_); }
  int64_t bin_ns() const { return bin_ns_; }

 private:
  void Seek(int64_t time_ns);
  void JoinPairs();

  int64_t bin_ns_ = kShortestNs;
  std::vector<Bin> bins_;  // those from used_ on are empty, and wait
  size_t used_ = 0;

  // Where the last time was; nowhere if they are equal.
  size_t current_ = 0;
  int64_t begin_ns_ = 0, end_ns_ = 0;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_BINS_H_
