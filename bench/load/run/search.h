// The search for the highest open-loop rate that keeps an objective, `--slo`, in steps that each
// are a run of their own.
//
// Short steps look for it, doubling, then by bisection, until two rates within a tenth enclose it.
// What each says is partly chance, so nothing but a direction is taken from them. Then long steps
// are made at the ends of a range of a tenth around the place, each as long as all before at its
// rate, until the border lies in the range by what all of them say (measure/border.h); as they say
// more, the range moves. Where the border is sharp two long steps do; where the percentile hangs on
// few long queues it takes minutes. The answer is the range, and the report that of a long step at
// its lower end, in which the objective was met.
//
// A step that says nothing about the server, because the generator was the limit or it was too
// short, is tried again, and so is one that missed, once. All are listed. The search goes no higher
// than a rate at which no attempt said anything, and then its result is "at least" and its verdict
// that of those attempts.
//
// Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_SEARCH_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_SEARCH_H_

#include <atomic>
#include <functional>

#include "bench/load/measure/options.h"
#include "bench/load/measure/report.h"

namespace switchboard::load {

// Makes a step: a run at `step.rate` for `step.duration_s`. It may throw std::runtime_error when
// the target is gone; that ends the search, with a warning once there are steps to report.
using MeasureStep = std::function<Report(const Options& step)>;

Report SearchRate(const Options& options, const MeasureStep& measure,
                  const std::atomic<bool>* stop = nullptr);

// Searches the highest open-loop rate at which the percentile of `options.slo_percentile` stays
// within `options.slo_limit_ns`, in short steps of `options.duration_s` each, or longer where the
// percentile needs more messages, and long ones of five times that, at least ten seconds. Shows
// each step on standard error if that is a terminal and not `quiet`. The report is that of the best
// step, with all steps in slo_steps; without one that met the objective it is the last step's.
// Throws as RunLoad (load.h) before there is one.
Report FindHighestRate(const Options& options, const std::atomic<bool>* stop = nullptr);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_SEARCH_H_
