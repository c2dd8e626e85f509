// Counters that one thread writes and any thread reads, without a locked instruction.

#ifndef SWITCHBOARD_SRC_BOOKS_COUNTERS_H_
#define SWITCHBOARD_SRC_BOOKS_COUNTERS_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "switchboard/server.h"
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

// How many callers have said something in a second, in one word each for the latest second and for
// the one before it in which anybody did.
struct SpeakerCounters {
  static constexpr uint64_t kMost = 0xffffffff;
  static uint64_t Low(int64_t second) { return static_cast<uint64_t>(second) & kMost; }
  static uint64_t Pack(int64_t second, uint32_t speakers) { return Low(second) << 32 | speakers; }

  // Any thread: in the last whole second.
  uint64_t LastSecond(int64_t now_ms) const {
    const uint64_t wanted = Low(now_ms / 1000 - 1);
    for (const auto* word : {&latest, &before}) {
      const uint64_t counted = word->load(std::memory_order_relaxed);
      if (counted >> 32 == wanted) return counted & kMost;
    }
    return 0;
  }

  std::atomic<uint64_t> latest{0};
  std::atomic<uint64_t> before{0};
};

// What the reactor counts beside what it counts for a service, and what others see of it. Each
// thread writes its own, in cache lines of its own.
struct alignas(64) ReactorCounters : Counts<Counter> {
  Counter rounds;
  std::atomic<int64_t> round_ms{0};         // when the last round began; 0: none has
  std::atomic<int64_t> sleeps_until_ms{0};  // 0 while it is awake
  std::atomic<bool> paused{false};          // to accept: the limit, descriptors or memory
  SpeakerCounters speakers;
  std::atomic<Phase> phase{Phase::kServing};
  std::atomic<int64_t> max_connections{0};  // constant while it runs
  // Lines of the log and the trace that were dropped, if the process is one of several.
  Counter log_dropped;

  // Any thread: how long it has not come round, or has overslept; 0 while it rightly sleeps.
  int64_t AgeMs(int64_t now_ms) const {
    const int64_t began_ms = round_ms.load(std::memory_order_relaxed);
    if (began_ms == 0) return 0;
    const int64_t due_ms = std::max(began_ms, sleeps_until_ms.load(std::memory_order_relaxed));
    return std::max<int64_t>(now_ms - due_ms, 0);
  }
};

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

// What is counted of a pool: the first two by the reactor, the others under the pool's mutex.
struct alignas(64) PoolCounters {
  TimeCounter reactor_time;
  Counter published;  // turns

  alignas(64) Counter taken;  // of these
  Counter busy;               // workers that have a turn, now
  Counter wakes;

  // Any thread: turns that wait for a worker. Taken first, so that the difference is never
  // negative.
  uint64_t Queued() const {
    const uint64_t begun = taken.Get();
    return published.Get() - begun;
  }
};

// What a worker counts for all services.
struct alignas(64) WorkerTimes {
  TimeCounter queue_wait;
};

// What a worker counts for one service.
struct alignas(64) WorkerCounters : Counts<Counter> {
  TimeCounter service_time;
  TimeCounter write_time;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BOOKS_COUNTERS_H_
