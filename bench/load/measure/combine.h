// Makes one report of two parts of one measurement: those of two threads, or of two machines.
// Counts and histograms add up, so percentiles come from all values, never from averages. Functions
// without state; any thread.
//
// Throw std::invalid_argument with one sentence if the parts have no sum: histograms of different
// precision, counts beyond what a number holds.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_COMBINE_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_COMBINE_H_

#include "bench/load/measure/report.h"

namespace switchboard::load {

// All that was measured; options, machine and verdict of `to` stay as they are.
void Combine(const Report& from, Report& to);

// What was asked for, of loads at the same time.
void Combine(const Options& from, Options& to);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_COMBINE_H_
