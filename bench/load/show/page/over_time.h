// Rate and latency over time, of one run or of several over each other. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_OVER_TIME_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_OVER_TIME_H_

#include <string>
#include <vector>

#include "bench/load/measure/report.h"
#include "bench/load/show/page/chart.h"
#include "bench/load/show/page/columns.h"
#include "bench/load/show/page/figure.h"

namespace switchboard::load {

// Messages a second as steps, wide enough not to show single messages; with what went wrong.
struct RateSeries {
  std::string style, name;
  Columns columns;
};
Chart RateChart(const std::vector<RateSeries>& series, const Canvas& canvas);

// A percentile; of 100 the maximum. Gaps where nothing was answered.
struct LatencySeries {
  std::string style, name;
  double percent;
  Columns columns;
};
Chart LatencyChart(const std::vector<LatencySeries>& series, const Canvas& canvas);

Chart HeatChart(const Columns& columns, const Canvas& canvas);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_OVER_TIME_H_
