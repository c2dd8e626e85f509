// How far the percentiles of a report may be believed, as it stands in its JSON, and the way back.
// Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_CERTAINTY_JSON_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_CERTAINTY_JSON_H_

#include "bench/load/base/json.h"
#include "bench/load/measure/report.h"

namespace switchboard::load {

// Sets the keys `latency_interval_us`, `certainty` and `until`, without figures if they are
// withheld.
void WriteCertainty(const Report& report, bool withheld, Json& json);

// Reads them, after the report's latency. A file that was written before there were any has none.
void ReadCertainty(const Json& json, Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_CERTAINTY_JSON_H_
