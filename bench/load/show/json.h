// The stable form of a report, and the way back. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_JSON_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_JSON_H_

#include "bench/load/base/json.h"
#include "bench/load/measure/report.h"

namespace switchboard::load {

// The stable form; its keys are described in the README. FromJson throws std::invalid_argument if
// something is missing or of the wrong kind.
Json ToJson(const Report& report);
Report FromJson(const Json& json);

// Parts of a report as they stand in its JSON.
Json ToJson(const Options& options);
Json ToJson(const Machine& machine);

// A histogram as in the JSON's `histograms`, and back.
Json ToJson(const Histogram& histogram);
Histogram HistogramFromJson(const Json& json);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_JSON_H_
