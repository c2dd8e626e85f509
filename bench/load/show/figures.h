// The charts of the HTML report, each an HTML figure with its legend, drawn twice: for a wide page
// and for a phone; the style sheet shows one of them. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_FIGURES_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_FIGURES_H_

#include <string>

#include "bench/load/measure/report.h"
#include "bench/load/show/markup.h"

namespace switchboard::load {

// DurationText as a browser can show it: "1.23 µs".
std::string ReadableDuration(int64_t duration_ns);
// The same of a percentile; "–" where there are too few values to tell it.
std::string ReadablePercentile(const Histogram& histogram, double percent);

// Latency by percentile from the median to 99.99 % and the maximum, on an axis on which each nine
// takes the same room; in an open loop the naive latency beside it.
std::string LatencyFigure(const Report& report);

// Messages a second, and the median and p99 of the latency, over the measured part. Of a long run
// several seconds make one point; their percentiles come from the sum of their histograms.
std::string ThroughputFigure(const Report& report);
std::string LatencyOverTimeFigure(const Report& report);
Table TimelineTable(const Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_FIGURES_H_
