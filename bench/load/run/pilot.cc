#include "bench/load/run/pilot.h"

#include <algorithm>

#include "bench/load/certainty/assess.h"

namespace switchboard::load {
namespace {

// Long enough for every loop to hear of a start before it comes.
constexpr int64_t kNoticeNs = Slices::kShortestNs;
// Of --duration, for latencies that do not settle.
constexpr double kMostWarmup = 0.25;

int64_t Nanoseconds(double seconds) { return static_cast<int64_t>(seconds * 1e9); }

}  // namespace

Pilot::Pilot(const Options& options, int64_t run_ns)
    : options_(options), run_ns_(run_ns), until_(options.until) {
  if (options.until.empty()) StartAt(run_ns + Nanoseconds(options.warmup_s));
}

bool Pilot::Look(const EventLoops& loops, int64_t now_ns) {
  for (const auto& loop : loops) {
    loop->slices().Collect([this](size_t index, const Histogram& each) { Take(index, each); });
  }
  if (options_.until.empty() || known_) return false;
  if (start_ns_ == Window::kNever) {
    const int64_t warm_ns = now_ns - run_ns_;
    if (warm_ns < Nanoseconds(options_.warmup_s)) return false;
    if (!until_.Settled() && warm_ns < LongestWarmupNs()) return false;
    until_.StartMeasuring();
    // Slices are of the warm-up or of what is measured, none of both.
    const auto index = static_cast<int64_t>(IndexAt(now_ns + kNoticeNs)) + 1;
    StartAt(run_ns_ + index * Slices::kShortestNs);
    return true;
  }
  known_ = now_ns < end_ns_ && until_.Known();
  if (known_) end_ns_ = now_ns;
  return known_;
}

Certainty Pilot::Conclude(const EventLoops& loops, const Histogram& latency) {
  for (const auto& loop : loops) {
    loop->slices().CollectLast([this](size_t index, const Histogram& each) { Take(index, each); });
  }
  const Slices& slices = until_.slices();
  return Assess(latency, slices.all(), static_cast<double>(slices.slice_ns()) / 1e9,
                options_.until);
}

// What comes after the end belongs to the last slice: an outage there is a part of the run.
void Pilot::Take(size_t index, const Histogram& latencies) {
  const size_t first =
      start_ns_ == Window::kNever ? 0 : IndexAt(start_ns_ + Slices::kShortestNs - 1);
  if (index < first) return;
  until_.Add(std::min(index, std::max(first, IndexAt(end_ns_ - 1))) - first, latencies);
}

void Pilot::StartAt(int64_t start_ns) {
  start_ns_ = start_ns;
  if (options_.duration_s > 0) end_ns_ = start_ns + Nanoseconds(options_.duration_s);
}

int64_t Pilot::LongestWarmupNs() const {
  return Nanoseconds(std::max(options_.warmup_s, kMostWarmup * options_.duration_s));
}

size_t Pilot::IndexAt(int64_t time_ns) const {
  return static_cast<size_t>(std::max<int64_t>(0, time_ns - run_ns_) / Slices::kShortestNs);
}

}  // namespace switchboard::load
