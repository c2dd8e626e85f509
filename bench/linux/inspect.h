// What the kernel says of another process, from outside. proc(5). Any thread.

#ifndef SWITCHBOARD_BENCH_LINUX_INSPECT_H_
#define SWITCHBOARD_BENCH_LINUX_INSPECT_H_

#include <cstdint>

namespace switchboard::sys {

// Each is -1 if there is no such process, or it may not be looked at.
int64_t OpenDescriptors(int pid);
int64_t ResidentBytes(int pid);
// Time for which its threads had a CPU or waited for one, so that a loop that spins counts as 100 %
// on a busy machine, too.
int64_t BusyTimeMs(int pid);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_BENCH_LINUX_INSPECT_H_
