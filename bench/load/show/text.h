// A report as a person reads it on a terminal. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_TEXT_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_TEXT_H_

#include <string>

#include "bench/load/measure/report.h"

namespace switchboard::load {

std::string ToText(const Report& report);

// "+0.12 ms (to 0.30 ms)": how far a machine's clock is ahead, and how wrong that may be.
std::string ClockText(const MergedRun& machine);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_TEXT_H_
