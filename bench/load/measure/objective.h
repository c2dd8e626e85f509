// What the steps of a search for the highest rate that keeps an objective, `--slo`, come to.
// Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_OBJECTIVE_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_OBJECTIVE_H_

#include <string>
#include <vector>

#include "bench/load/measure/report.h"

namespace switchboard::load {

// Of the short steps, the fastest that met the objective and the slowest above it that did not;
// null: none yet. A rate that was tried again is what its last step says.
struct Bracket {
  explicit Bracket(const std::vector<SloStep>& steps);  // must outlive it

  // Whether the two are within a tenth.
  bool Closed() const;

  const SloStep* met = nullptr;
  const SloStep* not_met = nullptr;
};

// What came of it in a few words: "met up to 1,800/s, not met at 1,850/s".
std::string SearchResult(const Report& report);

// "met", "not met (TARGET-NOT-REACHED)", "not measurable (GENERATOR-BOUND)".
std::string OutcomeText(const SloStep& step);

// The latency of a step as people read it.
std::string FigureText(const SloStep& step);

// Completes Judge: only a rate that was confirmed is an answer, and nothing but a measured miss
// above it makes it the highest. Does nothing to a report without steps.
void JudgeSearch(Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_OBJECTIVE_H_
