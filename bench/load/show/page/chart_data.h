// A chart as the page's script reads it: JSON that can stand in an HTML page, whatever the texts in
// it are. Durations are in microseconds and times in seconds, to four digits and more. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_CHART_DATA_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_CHART_DATA_H_

#include <string>

#include "bench/load/show/page/chart.h"

namespace switchboard::load {

std::string ToData(const Chart& chart, int height_px);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_CHART_DATA_H_
