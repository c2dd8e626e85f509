// The line on a terminal that says how a run goes: time left, rate, p99 and errors, and with
// --until what is known so far. Not shown if standard error is no terminal or the user wants quiet.
// The thread that starts the run only.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_PROGRESS_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_PROGRESS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "bench/load/measure/options.h"
#include "bench/load/run/event_loop.h"
#include "bench/load/run/pilot.h"

namespace switchboard::load {

class ProgressLine {
 public:
  ProgressLine(const Options& options, const Pilot& pilot);  // both must outlive it
  ~ProgressLine();                                           // wipes the line

  // Shows it anew if a second has passed.
  void Show(const std::vector<std::unique_ptr<EventLoop>>& loops);

 private:
  const Options& options_;
  const Pilot& pilot_;
  const bool shown_;
  bool written_ = false;
  int64_t last_shown_ns_;
  uint64_t last_messages_ = 0;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_PROGRESS_H_
