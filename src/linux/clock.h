// The monotonic clock, which never jumps when somebody sets the time, and the time of day for log
// lines alone. clock_gettime(2) by vDSO, so no system call. Any thread.

#ifndef SWITCHBOARD_SRC_LINUX_CLOCK_H_
#define SWITCHBOARD_SRC_LINUX_CLOCK_H_

#include <cstdint>
#include <limits>

#include "src/linux/fixed_text.h"

namespace switchboard::sys {

int64_t NowNs();
int64_t NowMs();
// A point in time of either that does not come.
inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// CPU time that the calling thread has used. A system call.
int64_t ThreadCpuNs();

// The time of day for people, "2026-01-31T13:05:09.123Z".
FixedText<40> UtcTimestamp();

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_CLOCK_H_
