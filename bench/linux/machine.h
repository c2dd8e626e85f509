// What a load generator asks about the machine it runs on and about its own thread. Any thread.

#ifndef SWITCHBOARD_BENCH_LINUX_MACHINE_H_
#define SWITCHBOARD_BENCH_LINUX_MACHINE_H_

#include <cstdint>
#include <optional>
#include <string>

namespace switchboard::sys {

// Time that the calling thread could have run but had to wait for a CPU; 0 if the kernel does not
// say. proc(5), /proc/thread-self/schedstat.
int64_t ThreadRunDelayNs();

// How late the kernel may let the calling thread's timers be, to save wake-ups; 50 us unless it is
// told otherwise. prctl(2), PR_SET_TIMERSLACK.
void SetTimerSlackNs(int64_t slack_ns);

// Whether `fd` is a terminal. isatty(3).
bool IsTerminal(int fd);

std::string HostName();       // uname(2)
std::string KernelVersion();  // uname(2), "Linux 6.1.0"
std::string CpuModel();       // /proc/cpuinfo; empty if it does not say

// Ports that one local address has for calls out, net.ipv4.ip_local_port_range; 28,232 if it
// cannot be read. ip(7).
int64_t EphemeralPorts();

// Memory that can be had without swapping, MemAvailable of /proc/meminfo; -1 if it does not say.
int64_t AvailableMemoryBytes();

// Time of all CPUs together since boot, in units of 1/100 s (sysconf(_SC_CLK_TCK)): all of it, that
// with nothing to run, and that which a hypervisor gave to others. Zeros if the kernel does not
// say. proc(5), /proc/stat.
struct CpuTicks {
  int64_t all = 0;
  int64_t idle = 0;
  int64_t stolen = 0;
};
CpuTicks CpuTicksSinceBoot();

// Processes that ran or wanted to, averaged over a minute; 0 if not known. getloadavg(3).
double LoadAverage();

// How far the clock of this machine may be off in seconds, by the kernel's account of the program
// that keeps it right (NTP); nothing if none does. adjtimex(2).
std::optional<double> ClockErrorSeconds();

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_BENCH_LINUX_MACHINE_H_
