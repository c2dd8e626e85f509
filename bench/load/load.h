// Runs a load against a target and reports what was measured. The library's front door.

#ifndef SWITCHBOARD_BENCH_LOAD_LOAD_H_
#define SWITCHBOARD_BENCH_LOAD_LOAD_H_

#include <atomic>

#include "bench/load/observer.h"
#include "bench/load/options.h"
#include "bench/load/report.h"

namespace switchboard::load {

// Runs what `options` say, in threads of its own that are joined before it returns; the calling
// thread sleeps meanwhile, and shows progress if standard error is a terminal and not `quiet`.
// The measured part ends early when `stop` becomes true, which a signal handler may do. `observer`,
// if any, is told when it begins and ends.
// Throws std::runtime_error with one sentence if the target cannot be reached at all or a limit of
// the machine stands in the way. Everything that goes wrong later is in the report.
Report RunLoad(const Options& options, const std::atomic<bool>* stop = nullptr,
               Observer* observer = nullptr);

// Searches the highest open-loop rate at which the percentile of `options.slo_percentile` stays
// within `options.slo_limit_ns`, in steps of `options.duration_s` each, or longer where the
// percentile needs more messages; see slo.h. Shows each step on standard error if that is a
// terminal and not `quiet`. The report is that of the best step, with all steps in slo_steps;
// without one that met the objective it is the last step's. Throws as RunLoad before there is one.
Report FindHighestRate(const Options& options, const std::atomic<bool>* stop = nullptr);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_LOAD_H_
