// The moments at which an open loop intends to send, whatever the server does.
// One owner, one thread.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_SCHEDULE_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_SCHEDULE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "bench/load/measure/options.h"
#include "bench/load/measure/pattern.h"

namespace switchboard::load {

class Schedule {
 public:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  // `per_second` of 0 never comes.
  Schedule(double per_second, Arrivals arrivals, const Pattern& random)
      : interval_ns_(per_second > 0 ? 1e9 / per_second : 0), arrivals_(arrivals), random_(random) {}

  // The first moment is `share` (0 to 1) of an interval after `start_ns`, so that several threads
  // do not send at the same time.
  void Start(int64_t start_ns, double share) {
    if (interval_ns_ == 0) return;
    start_ns_ = start_ns;
    elapsed_ns_ = interval_ns_ * share;
    next_ns_ = NextNs();
  }

  int64_t next_ns() const { return next_ns_; }
  bool Runs() const { return next_ns_ != kNever; }

  void Advance() {
    ++count_;
    elapsed_ns_ += arrivals_ == Arrivals::kUniform ? interval_ns_ : Exponential() * interval_ns_;
    next_ns_ = NextNs();
  }

  // How many moments there are from the next one on that lie in [start_ns, end_ns): to one, and of
  // random ones as many as are to be expected. It does not depend on how many they are.
  uint64_t CountBetween(int64_t start_ns, int64_t end_ns) const {
    const int64_t first_ns = std::max(next_ns_, start_ns);
    if (interval_ns_ == 0 || first_ns >= end_ns) return 0;
    return 1 + static_cast<uint64_t>(static_cast<double>(end_ns - 1 - first_ns) / interval_ns_);
  }

 private:
  // Moments beyond what a clock shows never come, but the schedule runs.
  int64_t NextNs() const {
    constexpr int64_t kLast = kNever - 1;
    const bool shown = elapsed_ns_ < static_cast<double>(kLast - start_ns_);
    return shown ? start_ns_ + static_cast<int64_t>(elapsed_ns_) : kLast;
  }

  double Exponential() const {
    const double uniform = static_cast<double>((random_.WordAt(count_) >> 11) + 1) * 0x1p-53;
    return -std::log(uniform);
  }

  double interval_ns_;
  Arrivals arrivals_;
  Pattern random_;
  uint64_t count_ = 0;
  int64_t start_ns_ = 0;
  double elapsed_ns_ = 0;
  int64_t next_ns_ = kNever;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_SCHEDULE_H_
