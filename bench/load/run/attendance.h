// What the thread of an event loop finds out about itself while it measures: the CPU time that it
// had, the time that it waited for a CPU or its control group was throttled, and when it was away.
//
// It is away when it looks at the clock much later than it said it would, whatever the reason:
// stopped, throttled, another program on its CPU, a hypervisor that took the CPU. So it says,
// before it waits, until when at most; and it looks at the clock with every reply anyway. One
// thread.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_ATTENDANCE_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_ATTENDANCE_H_

#include <algorithm>
#include <cstdint>

#include "bench/load/run/tally.h"

namespace switchboard::load {

class Attendance {
 public:
  // A thread that waits longer than this for something to do looks at the clock in between, as it
  // would not know that it was away.
  static constexpr int64_t kLongestWaitNs = 10'000'000;

  explicit Attendance(Tally& tally) : tally_(tally) {}

  // The clock says `now_ns`. Call it with whatever reading there is.
  void Saw(int64_t now_ns) {
    if (now_ns > expected_ns_ + kPauseNs) Away(now_ns);
    expected_ns_ = now_ns;
  }
  // It will be seen again by `until_ns`.
  void WaitsUntil(int64_t until_ns) {
    expected_ns_ = std::min(until_ns, Window::kNever - kPauseNs);
  }

  // Around the measured part.
  void Begin();
  void End();

  // Writes what it found out to the tally's part, for `measured_ns` of measuring.
  void Report(int64_t measured_ns, Generator& generator) const;

 private:
  // A little late is usual: a timer's slack, a short turn of another thread on the same CPU.
  static constexpr int64_t kPauseNs = 1'000'000;

  // What the kernel has counted so far.
  struct Spent {
    int64_t cpu_ns = 0;
    int64_t waiting_ns = 0;
    int64_t throttled_ns = 0;
    static Spent Now();
  };

  void Away(int64_t now_ns);

  Tally& tally_;
  int64_t expected_ns_ = Window::kNever - kPauseNs;  // no sum beyond what a number holds
  int64_t away_ns_ = 0;
  Spent begin_, end_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_ATTENDANCE_H_
