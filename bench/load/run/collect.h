// Makes one report of what the threads of a run counted, after they were joined.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_COLLECT_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_COLLECT_H_

#include <memory>
#include <vector>

#include "bench/load/measure/report.h"
#include "bench/load/run/event_loop.h"
#include "bench/load/run/plan.h"

namespace switchboard::load {

// Everything but verdict and warnings.
Report Collect(const Plan& plan, const std::vector<std::unique_ptr<EventLoop>>& loops);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_COLLECT_H_
