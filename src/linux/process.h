// What the kernel allows and tells this process. Any thread.

#ifndef SWITCHBOARD_SRC_LINUX_PROCESS_H_
#define SWITCHBOARD_SRC_LINUX_PROCESS_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace switchboard::sys {

// Raises RLIMIT_NOFILE to its hard limit and returns what is now allowed. getrlimit(2).
int64_t RaiseDescriptorLimit();

// The CPUs that this process may use, at least 1: those it may run on, sched_getaffinity(2), or
// fewer if a control group grants it less time than theirs, rounded up (cgroup.h).
int AvailableCpus();

// The kernel's cap on a listen backlog, net.core.somaxconn, tcp(7); nothing if it cannot be read.
std::optional<int> MaxBacklog();

// The name of this thread in top and perf, at most 15 bytes. pthread_setname_np(3).
void NameThisThread(std::string_view name);

// Leaves every signal to the other threads. pthread_sigmask(3).
void BlockSignalsInThisThread();

// Opens /dev/null in place of standard streams that are closed, so that no other descriptor becomes
// what is written to. open(2).
void OpenStandardStreams();

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_PROCESS_H_
