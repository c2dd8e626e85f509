// What the kernel knows about a process: /proc/PID, proc(5). Any thread.

#ifndef SWITCHBOARD_TESTS_SUPPORT_PROC_H_
#define SWITCHBOARD_TESTS_SUPPORT_PROC_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace switchboard::test {

// Voluntary and involuntary context switches of all threads since their start.
int64_t ContextSwitches(pid_t pid);
// User and system time of all threads, in milliseconds; the clock ticks every 10 ms.
int64_t CpuMs(pid_t pid);
// Open descriptors.
int64_t DescriptorCount(pid_t pid);
// The number that the next descriptor it opens will have: a limit of as much leaves it none.
int64_t NextDescriptor(pid_t pid);
// Resident memory in KiB.
int64_t ResidentKib(pid_t pid);
int64_t ThreadCount(pid_t pid);
// The IPv4 port of a socket on which it listens, before it says so; 0 if there is none.
int ListeningPort(pid_t pid);
// Threads that no debugger watches.
int64_t UntracedThreads(pid_t pid);

// How many descriptors this process may have, after raising its limit as far as it goes.
int64_t RaiseOwnDescriptorLimit();
// Sets both limits of RLIMIT_NOFILE of a running process, prlimit(2). Fails the test if it cannot.
void LimitDescriptors(pid_t pid, int64_t soft, int64_t hard);

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_PROC_H_
