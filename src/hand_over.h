// The numbers of the rule by which jobs are handed over (worker_pool.h), which the simulation of a
// server (bench/load/staff/plan) follows as well. Constants; any thread.

#ifndef SWITCHBOARD_SRC_HAND_OVER_H_
#define SWITCHBOARD_SRC_HAND_OVER_H_

#include <cstddef>
#include <cstdint>

namespace switchboard::hand_over {

// A job that takes longer is worth a wake-up. Waking a thread on another CPU takes 5 to 20 us; the
// echo of a few bytes takes 3 to 8 us, and that of 64 KiB about 20.
inline constexpr int64_t kLongJobNs = 14'000;

// Short jobs that one worker is trusted with before another is woken. With a quarter of it, a burst
// woke workers that then kept each other from large rounds.
inline constexpr int64_t kWorkPerWorkerNs = 1'000'000;

// Jobs that took this long together count for as much as all before them.
inline constexpr int64_t kMemoryNs = 1'000'000;

// Most that a pause of the reactor may take. A time-out beyond the kernel's tick, of 10 ms at most,
// costs nothing; with a shorter one each pause would have to set the CPU's timer.
inline constexpr int64_t kLongestPauseUs = 12'000;

// Jobs that a worker does in a row between two looks at the clock.
inline constexpr int kJobsPerLook = 32;

// Events that the reactor takes at once.
inline constexpr size_t kEventsPerRound = 512;

}  // namespace switchboard::hand_over

#endif  // SWITCHBOARD_SRC_HAND_OVER_H_
