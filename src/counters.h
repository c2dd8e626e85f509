// Counters that one thread writes and any thread reads, without a locked instruction.

#ifndef SWITCHBOARD_SRC_COUNTERS_H_
#define SWITCHBOARD_SRC_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "switchboard/snapshot.h"
#include "switchboard/stats.h"

namespace switchboard {

class Counter {
 public:
  // The one thread that writes.
  void Add(uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_release);
  }
  // The same. Below 0 it wraps around, as does the sum over the threads that it is a part of.
  void Subtract(uint64_t n) { Add(0 - n); }
  // Any thread.
  uint64_t Get() const { return value_.load(std::memory_order_acquire); }

 private:
  std::atomic<uint64_t> value_{0};
};

// The same as TimeHistogram.
class TimeCounter {
 public:
  // The one thread that writes: `times` times `ns`.
  void Add(int64_t ns, uint64_t times = 1) {
    counts_[static_cast<size_t>(TimeHistogram::StepOf(ns))].Add(times);
    sum_ns_.Add(static_cast<uint64_t>(ns) * times);
  }
  // Any thread.
  void AddTo(TimeHistogram& histogram) const {
    for (size_t i = 0; i < counts_.size(); ++i) histogram.counts[i] += counts_[i].Get();
    histogram.sum_ns += sum_ns_.Get();
  }

 private:
  std::array<Counter, TimeHistogram::kSteps> counts_;
  Counter sum_ns_;
};

// Each thread writes its own, in cache lines of its own.
struct alignas(64) ReactorCounters : Counts<Counter> {};

// How long calls of a service have lasted.
struct CallTimeCounters : CallTimes<Counter> {
  // The one thread that writes.
  void Add(int64_t ms) {
    size_t step = 0;
    while (step < kEndsMs.size() && ms > kEndsMs[step]) ++step;
    counts[step].Add();
    sum_ms.Add(static_cast<uint64_t>(ms));
  }
  // Any thread.
  void AddTo(CallTimes<uint64_t>& times) const {
    for (size_t i = 0; i < counts.size(); ++i) times.counts[i] += counts[i].Get();
    times.sum_ms += sum_ms.Get();
  }
};

// What the reactor counts for one service.
struct alignas(64) ServiceCounters : Counts<Counter> {
  Counter stalled;  // connections whose reply waits for room, now
  CallTimeCounters call_times;
};

// What a worker counts for one service.
struct alignas(64) WorkerBooks : Counts<Counter> {
  TimeCounter service_time;
  TimeCounter write_time;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_COUNTERS_H_
