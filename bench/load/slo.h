// The search for the highest open-loop rate that keeps an objective, `--slo`: doubling, then
// bisection, in steps that each are a run of their own. (Its front door is FindHighestRate in
// load.h.)
//
// A step meets the objective, misses it, or says nothing about the server, because the generator
// was the limit or the step too short. Only one that says nothing is tried again, so that luck
// favours neither side; every attempt is listed. The search goes no higher than a rate at which no
// attempt said anything, and then its result is "at least" and its verdict that of those attempts.
//
// Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SLO_H_
#define SWITCHBOARD_BENCH_LOAD_SLO_H_

#include <atomic>
#include <functional>
#include <string>

#include "bench/load/options.h"
#include "bench/load/report.h"

namespace switchboard::load {

// Makes a step: a run at `step.rate` for `step.duration_s`. It may throw std::runtime_error when
// the target is gone; that ends the search, with a warning once there are steps to report.
using MeasureStep = std::function<Report(const Options& step)>;

Report SearchRate(const Options& options, const MeasureStep& measure,
                  const std::atomic<bool>* stop = nullptr);

// What came of it in a few words, from `report.slo_steps`: "met up to 1,800/s, not met at 1,850/s".
std::string SearchResult(const Report& report);

// "met", "not met (TARGET-NOT-REACHED)", "not measurable (GENERATOR-BOUND)".
std::string OutcomeText(const SloStep& step);

// Completes Judge: nothing but a measured miss above it makes the best step's rate the highest.
// Does nothing to a report without steps.
void JudgeSearch(Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SLO_H_
