// The latency heat map of a run: when how many messages took how long. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_HEAT_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_HEAT_H_

#include "bench/load/show/page/chart.h"
#include "bench/load/show/page/columns.h"

namespace switchboard::load {

// No cells if nothing was answered.
Heat HeatOf(const Columns& columns);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_HEAT_H_
