// A round of an event loop, which the simulation of a generator (bench/load/staff/plan) follows as
// well. Constant; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_ROUND_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_ROUND_H_

#include <cstddef>

namespace switchboard::load {

// Events that it takes at once.
inline constexpr size_t kLoadEventsPerRound = 256;
// Messages that are sent in one go when a schedule is behind, before replies are read again.
inline constexpr int kOffersPerTurn = 64;

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_ROUND_H_
