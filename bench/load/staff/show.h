// A staffing for people and for programs. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_SHOW_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_SHOW_H_

#include <string>

#include "bench/load/base/json.h"
#include "bench/load/staff/staffing.h"

namespace switchboard::load {

std::string ToText(const Staffing& staffing);
std::string ToText(const LineStaffing& staffing);

// Stable keys. The figures of the number that was chosen stand at the top, those of its neighbours
// in `around`. What grows without end is null.
Json ToJson(const Staffing& staffing);
Json ToJson(const LineStaffing& staffing);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_SHOW_H_
