// How far the percentiles of a run may be believed: an interval for each, and whether they moved
// over the run. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_CERTAINTY_ASSESS_H_
#define SWITCHBOARD_BENCH_LOAD_CERTAINTY_ASSESS_H_

#include <span>
#include <vector>

#include "bench/load/measure/certainty.h"
#include "bench/load/measure/histogram.h"
#include "bench/load/measure/report.h"

namespace switchboard::load {

// Of all `latency`, which came in `slices` of `slice_s` each. Intervals are those of kPercentiles
// that `latency` tells, and of `wishes`.
Certainty Assess(const Histogram& latency, std::span<const Histogram> slices, double slice_s,
                 const std::vector<Wish>& wishes);

// The same from the seconds of a report's timeline, which every file has.
Certainty AssessTimeline(const Report& report);

// Whether one percentile moved over the run.
Drift FindDrift(std::span<const Histogram> slices, double percent);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_CERTAINTY_ASSESS_H_
