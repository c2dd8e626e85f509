// Hands the latencies of one event loop, slice by slice, to the thread that started the run.
//
// The loop records and turns; the starter collects. They meet once a slice, under a mutex, over
// pointers. Nothing is allocated after the start: a starter that is late gets longer slices.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_SLICE_OUTBOX_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_SLICE_OUTBOX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "bench/load/certainty/slices.h"
#include "bench/load/measure/histogram.h"

namespace switchboard::load {

class SliceOutbox {
 public:
  SliceOutbox();

  // ---- The loop's thread.

  // Slices count from here on, the moment at which all loops of a run begin.
  void Start(int64_t begin_ns);
  void Record(int64_t latency_ns) { current_->latencies.Record(latency_ns); }
  // At least once a slice.
  void Turn(int64_t now_ns) {
    if (now_ns >= ends_ns_) HandOver(now_ns);
  }

  // ---- The starter's thread. `take(index, latencies)` gets each slice that has a value.

  // What was handed over.
  template <typename Take>
  void Collect(Take take) {
    {
      const std::lock_guard lock(mutex_);
      taken_.swap(full_);
    }
    for (const std::unique_ptr<Slice>& each : taken_) {
      take(each->index, each->latencies);
      each->latencies.Clear();
    }
    const std::lock_guard lock(mutex_);
    for (std::unique_ptr<Slice>& each : taken_) spare_.push_back(std::move(each));
    taken_.clear();
  }
  // After the loop's thread has ended: all that is left.
  template <typename Take>
  void CollectLast(Take take) {
    Collect(take);
    if (current_->latencies.count() > 0) take(current_->index, current_->latencies);
    current_->latencies.Clear();
  }

 private:
  static constexpr size_t kSpares = 8;  // that fill while the starter sleeps

  struct Slice {
    size_t index = 0;
    Histogram latencies{Histogram::kMedium};
  };
  using SliceList = std::vector<std::unique_ptr<Slice>>;

  void HandOver(int64_t now_ns);

  // The loop's thread only.
  std::unique_ptr<Slice> current_ = std::make_unique<Slice>();
  int64_t begin_ns_ = 0;
  int64_t ends_ns_ = INT64_MAX;

  SliceList taken_;  // the starter's thread only

  std::mutex mutex_;
  SliceList full_, spare_;  // guarded by mutex_; each has room for all there are
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_SLICE_OUTBOX_H_
