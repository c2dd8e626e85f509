// Adds the runs of several machines, made at the same time, into one report: `switchboard-load
// merge`. Counts, rates and timelines add up and percentiles come from the added histograms, never
// from averages. Any thread, but MergeMain's parsing only from one at a time.

#ifndef SWITCHBOARD_BENCH_LOAD_MERGE_MERGE_H_
#define SWITCHBOARD_BENCH_LOAD_MERGE_MERGE_H_

#include <string>
#include <vector>

#include "bench/load/measure/report.h"

namespace switchboard::load {

struct Part {
  std::string name;  // of its file, "east.json"; "all.json#2" for the second of several in it
  Report report;
};

// The report of all `parts`, of which there is at least one; that of a single one is its own.
// - It lasts from the first part's beginning to the last one's end, so that a rate is never claimed
//   for a time nobody measured; timelines are aligned by the clocks of their machines.
// - It has a row for each machine, and its verdict is what those come to (measure/machines.h).
// - Where each machine knows how far its clock is ahead, its window is corrected by that first.
// - What makes the sum doubtful (other targets, other times, a run given twice) is a warning.
// Throws std::runtime_error with one sentence for parts that have no sum: open and closed loops,
// searches of --slo, runs at different times, histograms of different precision.
Report Merge(const std::vector<Part>& parts);

int MergeMain(int argc, char** argv);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MERGE_MERGE_H_
