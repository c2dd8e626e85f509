#include "tests/load/sources.h"

#include <algorithm>
#include <cmath>

#include "bench/load/certainty/assess.h"
#include "bench/load/certainty/until.h"
#include "bench/load/measure/pattern.h"

namespace switchboard::load {
namespace {

constexpr double kSliceS = Slices::kShortestNs / 1e9;
constexpr double kShortestWarmupS = 1;
constexpr double kMostWarmup = 0.25;  // of the longest run

constexpr double kMeanNs = 1e6;
constexpr double kLoad = 0.9, kServiceNs = kMeanNs * (1 - kLoad);
constexpr double kSlowShare = 0.1, kSlowFromNs = 10e6, kFastNs = 0.1e6, kSlowNs = 2e6;

class Random {
 public:
  explicit Random(uint64_t seed) : words_(seed, 0) {}
  // Above 0, up to 1.
  double Uniform() { return static_cast<double>((words_.WordAt(next_++) >> 11) + 1) * 0x1p-53; }
  double Exponential(double mean) { return -mean * std::log(Uniform()); }

 private:
  Pattern words_;
  uint64_t next_ = 0;
};

std::function<double()> Independent(uint64_t seed) {
  return [random = Random(seed)]() mutable { return random.Exponential(kMeanNs); };
}

std::function<double()> Queue(uint64_t seed) {
  return [random = Random(seed), sojourn_ns = 0.0]() mutable {
    const double wait_ns = sojourn_ns - random.Exponential(kServiceNs / kLoad);
    sojourn_ns = std::max(0.0, wait_ns) + random.Exponential(kServiceNs);
    return sojourn_ns;
  };
}

std::function<double()> Bimodal(uint64_t seed) {
  return [random = Random(seed)]() mutable {
    const bool slow = random.Uniform() < kSlowShare;
    return slow ? kSlowFromNs + random.Exponential(kSlowNs) : random.Exponential(kFastNs);
  };
}

// Both of independent latencies and of a queue in its balance.
double ExponentialQuantile(double percent) { return -kMeanNs * std::log(1 - percent / 100); }

double BimodalQuantile(double percent) {
  const double beyond = 1 - percent / 100;
  if (beyond <= kSlowShare) return kSlowFromNs - kSlowNs * std::log(beyond / kSlowShare);
  return -kFastNs * std::log((beyond - kSlowShare) / (1 - kSlowShare));
}

// Makes the latencies of a source slice by slice.
class Maker {
 public:
  Maker(const Source& source, uint64_t seed)
      : next_ns_(source.latencies_ns(seed)), messages_per_slice_(source.per_second * kSliceS) {}

  // Adds those of one slice to `until`, and if there is one to `latency`.
  void Make(size_t index, double factor, Until& until, Histogram* latency) {
    slice_.Clear();
    for (owed_ += messages_per_slice_; owed_ >= 1; --owed_) {
      const auto latency_ns = static_cast<int64_t>(factor * next_ns_());
      slice_.Record(latency_ns);
      if (latency != nullptr) latency->Record(latency_ns);
    }
    until.Add(index, slice_);
  }

 private:
  std::function<double()> next_ns_;
  const double messages_per_slice_;
  double owed_ = 0;
  Histogram slice_{Histogram::kMedium};
};

size_t SlicesIn(double seconds) { return static_cast<size_t>(std::lround(seconds / kSliceS)); }

void Conclude(const Until& until, size_t slices, const std::vector<Wish>& wishes, Simulated& run) {
  const Slices& all = until.slices();
  run.seconds = static_cast<double>(slices) * kSliceS;
  run.certainty = Assess(run.latency, all.all(), static_cast<double>(all.slice_ns()) / 1e9, wishes);
}

}  // namespace

const Source kIndependent{"independent", 1000, Independent, ExponentialQuantile};
const Source kQueue{"M/M/1 at 0.9", 50'000, Queue, ExponentialQuantile};
const Source kBimodal{"bimodal", 1000, Bimodal, BimodalQuantile};

Simulated RunUntil(const Source& source, uint64_t seed, const Wish& wish, double longest_s) {
  Simulated run;
  Maker maker(source, seed);
  Until until({wish});
  const size_t shortest = SlicesIn(kShortestWarmupS), longest = SlicesIn(kMostWarmup * longest_s);
  size_t warm = 0;
  while (warm < shortest || (warm < longest && !until.Settled())) {
    maker.Make(warm++, 1, until, nullptr);
  }
  run.warmup_s = static_cast<double>(warm) * kSliceS;
  until.StartMeasuring();
  size_t slices = 0;
  while (slices < SlicesIn(longest_s) && !run.known) {
    maker.Make(slices++, 1, until, &run.latency);
    run.known = until.Known();
  }
  Conclude(until, slices, {wish}, run);
  return run;
}

Simulated RunFor(const Source& source, uint64_t seed, double seconds, double rise) {
  Simulated run;
  Maker maker(source, seed);
  Until until({});
  run.warmup_s = kShortestWarmupS;
  for (size_t i = 0; i < SlicesIn(kShortestWarmupS); ++i) maker.Make(i, 1, until, nullptr);
  until.StartMeasuring();
  const size_t slices = SlicesIn(seconds);
  for (size_t i = 0; i < slices; ++i) {
    const double factor = 1 + rise * static_cast<double>(i) / static_cast<double>(slices);
    maker.Make(i, factor, until, &run.latency);
  }
  Conclude(until, slices, {}, run);
  return run;
}

bool Covers(const Simulated& run, const Source& source, double percent) {
  const LatencyInterval* const interval = run.certainty.Of(percent);
  if (interval == nullptr) return false;
  const auto truth_ns = static_cast<int64_t>(source.truth_ns(percent));
  return interval->low_ns <= truth_ns && (interval->high_ns == 0 || truth_ns <= interval->high_ns);
}

}  // namespace switchboard::load
