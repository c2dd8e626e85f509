// What the kernel says of another process, from outside. proc(5). Any thread.

#ifndef SWITCHBOARD_SRC_LINUX_INSPECT_H_
#define SWITCHBOARD_SRC_LINUX_INSPECT_H_

#include <cstdint>

namespace switchboard::sys {

// Each is -1 if there is no such process, or it may not be looked at.
int64_t OpenDescriptors(int pid);
int64_t ResidentBytes(int pid);
int64_t CpuTimeMs(int pid);  // user and system time of all its threads

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_INSPECT_H_
