// What the kernel allows and tells this process. Any thread.

#ifndef SWITCHBOARD_SRC_LINUX_PROCESS_H_
#define SWITCHBOARD_SRC_LINUX_PROCESS_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace switchboard::sys {

// Raises RLIMIT_NOFILE to its hard limit and returns what is now allowed. getrlimit(2).
int64_t RaiseDescriptorLimit();

// The CPUs this process may run on, at least 1. sched_getaffinity(2).
int AvailableCpus();

// The kernel's cap on a listen backlog, net.core.somaxconn, tcp(7); 4096 if it cannot be read.
int MaxBacklog();

// Callers that the kernel turned away since boot because a backlog was full: ListenOverflows of
// this network namespace; -1 if the kernel does not say. proc(5), /proc/net/netstat.
int64_t ListenOverflows();

// The name of this thread in top and perf, at most 15 bytes. pthread_setname_np(3).
void NameThisThread(std::string_view name);

// Leaves every signal to the other threads. pthread_sigmask(3).
void BlockSignalsInThisThread();

// Opens /dev/null in place of standard streams that are closed, so that no other descriptor becomes
// what is written to. open(2).
void OpenStandardStreams();

// Whether `path` is a unix socket, and not a file of another kind. lstat(2).
bool IsSocketFile(std::string_view path);

// Removes a unix socket's file. unlink(2).
void RemoveFile(std::string_view path);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_PROCESS_H_
