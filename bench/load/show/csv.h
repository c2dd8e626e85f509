// The timeline of a report for spreadsheets. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_CSV_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_CSV_H_

#include <string>

#include "bench/load/measure/report.h"

namespace switchboard::load {

// One line a second, with a header line. Latencies are empty in a second without an
// answer, and where an echo was wrong.
std::string ToCsv(const Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_CSV_H_
