// How often this program has looked at the clock: clock_gettime(2) is replaced by one that counts.
// Any thread.

#ifndef SWITCHBOARD_BENCH_MICRO_CLOCK_READS_H_
#define SWITCHBOARD_BENCH_MICRO_CLOCK_READS_H_

#include <cstdint>

namespace switchboard::bench {

int64_t ClockReadsSoFar();

}  // namespace switchboard::bench

#endif  // SWITCHBOARD_BENCH_MICRO_CLOCK_READS_H_
