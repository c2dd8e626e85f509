// A plan for people and for programs. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_SHOW_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_SHOW_H_

#include <string>

#include "bench/load/base/json.h"
#include "bench/load/staff/plan/plan.h"

namespace switchboard::load::sim {

std::string ToText(const Plan& plan);
// Stable keys. Latencies that grow without end are null.
Json ToJson(const Plan& plan);

}  // namespace switchboard::load::sim

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_SHOW_H_
