// How often this program has asked for heap memory: operator new is replaced by one that counts.
// Any thread.

#ifndef SWITCHBOARD_BENCH_MICRO_ALLOCATIONS_H_
#define SWITCHBOARD_BENCH_MICRO_ALLOCATIONS_H_

#include <cstdint>

namespace switchboard::bench {

int64_t AllocationsSoFar();

}  // namespace switchboard::bench

#endif  // SWITCHBOARD_BENCH_MICRO_ALLOCATIONS_H_
