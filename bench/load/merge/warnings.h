// What makes the sum of several runs doubtful. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MERGE_WARNINGS_H_
#define SWITCHBOARD_BENCH_LOAD_MERGE_WARNINGS_H_

#include <string>
#include <vector>

#include "bench/load/measure/report.h"
#include "bench/load/merge/merge.h"

namespace switchboard::load {

// Whether each says when it was measured, which the first schema does not.
bool HaveWindows(const std::vector<Part>& parts);

// A sentence for each doubt, and the warnings of `parts` themselves; `all` is their sum.
std::vector<std::string> Warnings(const std::vector<Part>& parts, const Report& all);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MERGE_WARNINGS_H_
