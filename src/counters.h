// Counters that one thread writes and any thread reads, without a locked instruction.

#ifndef SWITCHBOARD_SRC_COUNTERS_H_
#define SWITCHBOARD_SRC_COUNTERS_H_

#include <array>
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
  // Any thread.
  uint64_t Get() const { return value_.load(std::memory_order_acquire); }

 private:
  std::atomic<uint64_t> value_{0};
};

// Written by the reactor thread.
struct alignas(64) ReactorCounters {
  Counter accepted, bytes_in, bytes_lost, bytes_discarded, bytes_unheard;
  Counter bytes_unsolicited, reads, yields, no_memory;
  Counter rejected, held, accept_paused, accept_failed, register_failed;
  std::array<Counter, kCloseReasons> closed;
};

// Written by one worker thread.
struct alignas(64) WorkerCounters {
  Counter bytes_out, bytes_discarded, bytes_unsolicited;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_COUNTERS_H_
