// A process with all its threads and the processes that it started, seen from outside. proc(5).
// Any thread.

#ifndef SWITCHBOARD_BENCH_LINUX_PROCESS_TREE_H_
#define SWITCHBOARD_BENCH_LINUX_PROCESS_TREE_H_

#include <cstdint>
#include <vector>

namespace switchboard::sys {

// The ids of the threads of `pid`; empty if there is no such process.
std::vector<int> ThreadsOf(int pid);
std::vector<int> OwnThreads();  // of this process

// `pid` and the processes that it, and they, have started and that still run. Needs a kernel with
// /proc/PID/task/TID/children; otherwise `pid` alone.
std::vector<int> ProcessTree(int pid);

// The sum of a figure, ResidentBytes of inspect.h for instance, over the tree of `pid`; -1 if it
// cannot be had of `pid` itself. What ends meanwhile does not count.
int64_t SumOverTree(int pid, int64_t (*figure)(int pid));

// User and system time of all threads of `pid`, ended or not; -1 if there is no such process.
// clock_getcpuclockid(3).
int64_t CpuTimeNs(int pid);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_BENCH_LINUX_PROCESS_TREE_H_
