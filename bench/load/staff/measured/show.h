// A measurement for people, for programs and for a browser. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_SHOW_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_SHOW_H_

#include <string>

#include "bench/load/base/json.h"
#include "bench/load/staff/measured/measure.h"

namespace switchboard::load {

std::string ToText(const Measurement& measurement);

// Stable keys. Each figure has what was predicted, null where the queue grows without end, what was
// measured, and the ends of its interval, null where there were too few slices for one.
Json ToJson(const Measurement& measurement);

// Predicted curves with the measured points over them, and the staffing below. Every text is
// escaped.
std::string ToHtml(const Measurement& measurement);

// Words that text and page share: "MODEL-HOLDS at all 4 rates"; "P(wait > s/10)", "P(wait > 20.0
// ms)", where s is the mean service; how many seconds and turns the rates had.
std::string VerdictText(const Measurement& measurement);
std::string NameOf(const LongWait& wait);
std::string ServiceText(const Measurement& measurement);
std::string GoalText(const MeasuredOptions& options);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_SHOW_H_
