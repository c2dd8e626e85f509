// The measured part of a run in columns of time, of bins or of seconds where a report has no bins.
// Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_COLUMNS_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_COLUMNS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/load/measure/report.h"

namespace switchboard::load {

struct Column {
  double begin_s, end_s;
  Histogram latency;
  uint64_t messages = 0;
  uint64_t errors = 0;

  double Rate() const { return static_cast<double>(messages) / (end_s - begin_s); }
  double Middle() const { return (begin_s + end_s) / 2; }
};
using Columns = std::vector<Column>;

// At most `most`, of `least_s` at least; the last ends with the run.
Columns ColumnsOf(const Report& report, size_t most, double least_s = 0);

// Each two as one.
Columns InPairs(const Columns& columns);

// Wide enough that most of those in which something was answered tell the percentile, or have so
// many messages.
Columns Telling(Columns columns, double percent);
Columns Holding(Columns columns, uint64_t messages);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_COLUMNS_H_
