// Servers under the same load, in turn. `switchboard-load compare` is this and report.h.
//
// On a shared machine the same server varies by a factor of two from second to second, so that two
// long runs compare two moments and not two servers. Here every round gives each target a short
// turn, in random order; what is compared are the targets of the same round, and what is believed
// is the median over the rounds.

#ifndef SWITCHBOARD_BENCH_LOAD_COMPARE_COMPARE_H_
#define SWITCHBOARD_BENCH_LOAD_COMPARE_COMPARE_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/compare/options.h"
#include "bench/load/measure/report.h"

namespace switchboard::load {

// One trial of one target. Where nothing was answered there is a rate, 0, and no percentile.
struct Trial {
  std::optional<double> messages_per_second;
  std::optional<double> p50_ns;
  std::optional<double> p99_ns;
  std::string verdict;
  std::string reason;
  // Of a target that was started here, per message; nothing if it was not, or nothing was echoed.
  std::optional<double> cpu_us;
  std::optional<double> resident_bytes;  // after the trial
};

// Per message, medians of the trials in which events were counted.
struct Events {
  std::optional<double> system_calls;
  std::optional<double> context_switches;
};

struct TargetResult {
  TargetSpec spec;
  std::vector<Trial> trials;  // one for each round
  Events events;
};

struct Comparison {
  std::string title;  // of people, for people; may be empty
  std::vector<std::string> notes;
  std::string command;  // that repeats it

  Options load;
  Machine machine;
  int rounds = 0;  // complete ones
  int rounds_asked = 0;
  int event_rounds = 0;
  std::vector<TargetResult> targets;
  std::string event_obstacle;  // why events are not counted; empty if they are, or need not be
};

// Starts what is to be started, runs all rounds and ends what it started. Shows its progress if
// standard error is a terminal and not options.load.quiet. `stop` as in RunLoad: what is left then
// are the complete rounds. Throws std::runtime_error with one sentence that names the target if one
// does not start or cannot be reached, or if it was stopped before the first round was complete.
Comparison Compare(const CompareOptions& options, const std::atomic<bool>* stop = nullptr);

// The subcommand, like main; the value is the exit status.
int CompareMain(int argc, char** argv);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_COMPARE_COMPARE_H_
