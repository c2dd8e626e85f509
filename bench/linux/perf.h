// Counters that the kernel keeps of what other threads do. perf_event_open(2). Any thread.

#ifndef SWITCHBOARD_BENCH_LINUX_PERF_H_
#define SWITCHBOARD_BENCH_LINUX_PERF_H_

#include <cstdint>

#include "src/linux/fd.h"

namespace switchboard::sys {

enum class CountedEvent {
  kSystemCalls,      // the tracepoint raw_syscalls:sys_enter; needs a readable tracefs
  kFutexCalls,       // those of them that are futex(2)
  kContextSwitches,  // voluntary or not
};

// Counts from now on what the thread `tid`, and every thread and process that it starts from now
// on, do. A descriptor in value. EACCES or EPERM: not permitted, see kernel.perf_event_paranoid;
// ENOENT: the kernel has no such event, or does not show its tracepoints.
// Counting system calls makes every system call of the machine a little slower while it lasts.
Result OpenCounter(CountedEvent event, int tid);

// The count so far, of all that is counted through `fd`, in value.
Result ReadCounter(int fd);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_BENCH_LINUX_PERF_H_
