// What the control groups of this process say. cgroups(7). Any thread.

#ifndef SWITCHBOARD_BENCH_LINUX_CGROUP_H_
#define SWITCHBOARD_BENCH_LINUX_CGROUP_H_

#include <cstdint>

namespace switchboard::sys {

// For how long so far a quota kept this process' group, or one around it, from running: the largest
// of them, of all their CPUs together. 0 where there is no quota or the kernel does not say.
// Version 1 and 2.
int64_t ThrottledNs();

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_BENCH_LINUX_CGROUP_H_
