// A round of an event loop, which the simulation of a generator (bench/load/staff/plan) follows as
// well. Constant; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_ROUND_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_ROUND_H_

#include <cstddef>

namespace switchboard::load {

// Events that it takes at once.
inline constexpr size_t kLoadEventsPerRound = 256;

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_ROUND_H_
