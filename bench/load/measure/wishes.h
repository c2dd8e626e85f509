// What came of the wishes of a run, `--until`, in words. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_WISHES_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_WISHES_H_

#include <string>
#include <vector>

#include "bench/load/measure/report.h"

namespace switchboard::load {

// "p99", "p99.95".
std::string PercentileName(double percent);

// "p99 within 5 %: known to 3.1 %".
std::string WishText(const Report& report, const Wish& wish);

// "p50 rose from 1.02 ms in the first quarter of the run to 1.31 ms in the last"; empty unless one
// drifted.
std::string DriftText(const Report& report);

// Why wishes were not fulfilled, with the time that would do; nothing where the latency drifts,
// which more time does not end.
std::vector<std::string> WhatIsTooShort(const Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_WISHES_H_
