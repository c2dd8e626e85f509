// The latency of a report as HdrHistogram prints a percentile distribution, for its plotter and
// other programs that read .hgrm files. Values are milliseconds. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_HGRM_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_HGRM_H_

#include <string>

#include "bench/load/measure/report.h"

namespace switchboard::load {

// Without a value if an echo was wrong or nothing was answered.
std::string ToHgrm(const Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_HGRM_H_
