// Decides when a run's measured part begins and ends: by the clock, or with `--until` by what its
// event loops have seen so far. The thread that starts the run only.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_PILOT_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_PILOT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/load/certainty/until.h"
#include "bench/load/measure/certainty.h"
#include "bench/load/measure/options.h"
#include "bench/load/run/event_loop.h"

namespace switchboard::load {

class Pilot {
 public:
  using EventLoops = std::vector<std::unique_ptr<EventLoop>>;

  // `options` must outlive it. Warm-up begins at `run_ns`.
  Pilot(const Options& options, int64_t run_ns);

  // Window::kNever as long as it is not known.
  int64_t start_ns() const { return start_ns_; }
  int64_t end_ns() const { return end_ns_; }

  // Takes what the loops have handed over, and returns whether it changes the start or the end.
  bool Look(const EventLoops& loops, int64_t now_ns);

  // After the loops have ended: takes the rest and says how far `latency`, which is all of theirs,
  // may be believed.
  Certainty Conclude(const EventLoops& loops, const Histogram& latency);

  // Of the wishes, for people; empty without any, or before anything is known.
  const std::string& state() const { return until_.state(); }

 private:
  void Take(size_t index, const Histogram& latencies);
  void StartAt(int64_t start_ns);
  int64_t LongestWarmupNs() const;
  // Of the shortest slices since run_ns_, the one that holds that time.
  size_t IndexAt(int64_t time_ns) const;

  const Options& options_;
  const int64_t run_ns_;
  int64_t start_ns_ = Window::kNever;
  int64_t end_ns_ = Window::kNever;
  bool known_ = false;
  Until until_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_PILOT_H_
