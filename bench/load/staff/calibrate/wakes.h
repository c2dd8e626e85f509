// What it costs to wake a thread, and how long it takes until it runs. One thread at a time.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_WAKES_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_WAKES_H_

#include <cstdint>

#include "bench/load/staff/spread.h"
#include "src/linux/affinity.h"

namespace switchboard::load {

// Holds the calling thread to the `index`-th of the CPUs of this process, or to the last one. Where
// the system refuses, the thread runs anywhere.
void HoldTo(int index);

// The same for as long as this lives.
class Held {
 public:
  explicit Held(int index) { HoldTo(index); }
  ~Held() { (void)allowed_.Hold(); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  const sys::CpuSet allowed_;
};

// Rounds of a measurement, which end early where they take long, as on a busy machine.
class Rounds {
 public:
  explicit Rounds(int count, int64_t longest_ns = 300'000'000);
  // Whether there is another.
  bool Next();

 private:
  int left_;
  const int64_t end_ns_;
};

// In nanoseconds.
struct WakeCosts {
  double waker;  // what it costs who wakes: the median
  Spread delay;  // from then until the other runs
};
// A thread on another CPU that has slept for `idle_us`.
WakeCosts MeasureWake(int64_t idle_us, int most_rounds);
// From a thread that wakes another on its own CPU and sleeps, until that one runs: the median.
double MeasureHandOver(int most_rounds);
// How late a thread runs that sleeps for a millisecond.
Spread MeasureTimer(int most_rounds);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_WAKES_H_
