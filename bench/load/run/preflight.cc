#include "bench/load/run/preflight.h"

#include "bench/linux/machine.h"
#include "bench/load/base/descriptors.h"
#include "bench/load/run/plan.h"
#include "src/linux/process.h"

namespace switchboard::load {
namespace {

// What an established TCP connection costs the kernel while little is under way: about 4 KiB for
// each end's socket, inode and epoll item.
constexpr int64_t kKernelBytesPerEnd = 4096;
constexpr int64_t kOwnBytesPerConnection = 512;
// A closed port stays in TIME_WAIT for 60 s, after 1 s it can be had again for another call.
constexpr double kPortReuseSeconds = 1;

std::string Number(int64_t number) { return std::to_string(number); }

}  // namespace

Limits FindLimits() {
  Limits limits;
  limits.descriptors = sys::RaiseDescriptorLimit();
  limits.ports = sys::EphemeralPorts();
  limits.memory_bytes = sys::AvailableMemoryBytes();
  limits.backlog = sys::MaxBacklog().value_or(4096);
  return limits;
}

std::vector<Obstacle> Preflight(const Options& options, const Limits& limits) {
  std::vector<Obstacle> obstacles;
  const int64_t wanted = options.connections;
  const int64_t descriptors = wanted + DescriptorsBeside(options.threads);
  if (descriptors > limits.descriptors) {
    obstacles.push_back(
        {true,
         Number(wanted) + " connections need " + Number(descriptors) +
             " descriptors and this process may have " + Number(limits.descriptors) +
             "; raise the limit with: sudo prlimit --pid $$ --nofile=" + Number(descriptors)});
  }
  const int64_t ports = limits.ports * limits.local_addresses;
  if (limits.local_addresses > 0 && wanted > ports) {
    obstacles.push_back(
        {true, Number(wanted) + " connections need as many ports and the local addresses have " +
                   Number(ports) +
                   "; widen the range with: sudo sysctl -w "
                   "net.ipv4.ip_local_port_range='1024 65535', or give more addresses with "
                   "--source"});
  }
  if (limits.local_addresses > 0 && options.calls_per_second * kPortReuseSeconds > ports) {
    obstacles.push_back(
        {false, Number(static_cast<int64_t>(options.calls_per_second)) +
                    " calls per second use up the " + Number(ports) +
                    " ports of the local addresses faster than they come back; give more "
                    "addresses with --source"});
  }
  const int64_t ends = limits.local ? 2 : 1;
  const int64_t memory = wanted * (ends * kKernelBytesPerEnd + kOwnBytesPerConnection);
  if (limits.memory_bytes >= 0 && memory > limits.memory_bytes) {
    obstacles.push_back({true, Number(wanted) + " connections need about " + Number(memory >> 20) +
                                   " MiB and " + Number(limits.memory_bytes >> 20) +
                                   " MiB are free; ask for fewer with --connections"});
  }
  if (limits.local && wanted > limits.backlog && kOpeningAtOnce > limits.backlog) {
    obstacles.push_back(
        {false, "a backlog here holds " + Number(limits.backlog) +
                    " callers, fewer than call at once; raise it with: sudo sysctl -w "
                    "net.core.somaxconn=4096, or slow down with --connect-rate"});
  }
  return obstacles;
}

}  // namespace switchboard::load
