// Where the mean round trip went, as a stacked bar. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_ANATOMY_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_ANATOMY_H_

#include <string>

#include "bench/load/measure/report.h"

namespace switchboard::load {

// Empty if it was not asked for.
std::string AnatomySection(const Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_ANATOMY_H_
