// What makes a run fail for a script that started it: conditions on its figures, and its verdict.
// Plain values; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_GATE_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_GATE_H_

#include <string>
#include <vector>

#include "bench/load/base/json.h"
#include "bench/load/measure/report.h"

namespace switchboard::load {

// A condition such as "p99>1ms", "messages_per_second<10k" or "generator.busy_share>=0.9": a figure
// of the report's JSON, by its path there (the percentiles of `latency_us` also by their names
// alone), and what it is compared with, in the figure's own unit unless it has one.
class Condition {
 public:
  // Throws std::invalid_argument with one sentence if `text` is no condition on a figure.
  explicit Condition(const std::string& text);

  // Why the condition holds for a report's JSON, in one sentence; empty if it does not. A figure
  // that is not known could be anything, so then it holds.
  std::string WhyItHolds(const Json& report) const;

 private:
  std::string text_;
  std::vector<std::string> path_;
  std::string comparison_;
  double limit_ = 0;
};

struct Gate {
  Gate(const std::vector<std::string>& fail_if, bool is_strict);

  std::vector<Condition> conditions;
  bool strict = false;  // anything but VALID fails
};

// How a program ends that made this report, see exit_status.h. Says on standard error which
// conditions hold.
int ExitStatus(const Report& report, const Json& json, const Gate& gate);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_GATE_H_
