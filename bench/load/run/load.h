// Runs a load against a target and reports what was measured. The library's front door.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_LOAD_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_LOAD_H_

#include <atomic>

#include "bench/load/measure/options.h"
#include "bench/load/measure/report.h"
#include "bench/load/target/observer.h"

namespace switchboard::load {

// Runs what `options` say, in threads of its own that are joined before it returns; the calling
// thread sleeps meanwhile, and shows progress if standard error is a terminal and not `quiet`.
// The measured part ends early when `stop` becomes true, which a signal handler may do. `observer`,
// if any, is told when it begins and ends.
// Throws std::runtime_error with one sentence if the target cannot be reached at all or a limit of
// the machine stands in the way. Everything that goes wrong later is in the report.
Report RunLoad(const Options& options, const std::atomic<bool>* stop = nullptr,
               Observer* observer = nullptr);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_LOAD_H_
