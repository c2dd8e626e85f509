// Whether the runs of several machines are one measurement. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_MACHINES_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_MACHINES_H_

#include "bench/load/measure/report.h"

namespace switchboard::load {

// Completes Judge for a merged report; does nothing to another. A sum can hide what is wrong with a
// part, one late generator among punctual ones: its verdict is the worst of its own and of each
// machine's, with the reasons of every machine that is not VALID. And rates add up only while all
// run: it is TOO-SHORT if all measured together for less than nine tenths of the time.
void JudgeMachines(Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_MACHINES_H_
