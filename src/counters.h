// Counters that one thread writes and any thread reads, without a locked instruction.

#ifndef SWITCHBOARD_SRC_COUNTERS_H_
#define SWITCHBOARD_SRC_COUNTERS_H_

#include <atomic>
#include <cstdint>

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

// Each thread writes its own, in cache lines of its own.
struct alignas(64) ReactorCounters : Counts<Counter> {};
struct alignas(64) WorkerCounters : Counts<Counter> {};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_COUNTERS_H_
