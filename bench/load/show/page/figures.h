// The charts of one run's report. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_FIGURES_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_FIGURES_H_

#include <string>

#include "bench/load/measure/report.h"
#include "bench/load/show/page/figure.h"
#include "bench/load/show/page/markup.h"

namespace switchboard::load {

// Latency by percentile from the median to 99.99 % and the maximum, with its intervals; in an open
// loop the naive latency beside it.
std::string LatencyFigure(const Report& report, const Detail& detail);

// Messages a second, percentiles of the latency and all of it, over the measured part.
std::string ThroughputFigure(const Report& report, const Detail& detail);
std::string LatencyOverTimeFigure(const Report& report, const Detail& detail);
std::string HeatFigure(const Report& report, const Detail& detail);
Table TimelineTable(const Report& report);

// The percentile at each rate that a search tried, beside the objective.
std::string ObjectiveFigure(const Report& report, const Detail& detail);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_FIGURES_H_
