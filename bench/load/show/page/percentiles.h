// Latency by percentile, of one histogram or of several over each other. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_PERCENTILES_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_PERCENTILES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "bench/load/measure/certainty.h"
#include "bench/load/measure/histogram.h"
#include "bench/load/show/page/chart.h"

namespace switchboard::load {

struct PercentileSeries {
  std::string style, name;
  const Histogram* histogram;
  const Certainty* certainty;  // its intervals are drawn; nullptr for none
};

// Each curve has at most so many points.
Chart PercentileChart(const std::vector<PercentileSeries>& series, size_t points);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_PERCENTILES_H_
