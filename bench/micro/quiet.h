// Warns of what makes figures worthless: a debug build, a machine that has other things to do.
// (Google Benchmark itself warns of CPUs that change their frequency.)

#ifndef SWITCHBOARD_BENCH_MICRO_QUIET_H_
#define SWITCHBOARD_BENCH_MICRO_QUIET_H_

namespace switchboard::bench {

// Looks at the machine for a moment, prints warnings to standard error and puts what it saw into
// the benchmarks' context, which the JSON holds. Before the benchmarks run.
void WarnUnlessQuiet();

}  // namespace switchboard::bench

#endif  // SWITCHBOARD_BENCH_MICRO_QUIET_H_
