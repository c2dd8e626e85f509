// Makes one report of what the threads of a run counted, after they were joined.

#ifndef SWITCHBOARD_BENCH_LOAD_COLLECT_H_
#define SWITCHBOARD_BENCH_LOAD_COLLECT_H_

#include <memory>
#include <vector>

#include "bench/load/plan.h"
#include "bench/load/report.h"
#include "bench/load/worker.h"

namespace switchboard::load {

// What machine and program this is, now.
Machine ThisMachine();

// Everything but verdict and warnings.
Report Collect(const Plan& plan, const std::vector<std::unique_ptr<Worker>>& workers);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_COLLECT_H_
