// The CPU time that control groups grant this process, as a container or a service has it.
// cgroups(7), and cpu.max and cpu.cfs_quota_us in the kernel's documentation. Any thread.

#ifndef SWITCHBOARD_SRC_LINUX_CGROUP_H_
#define SWITCHBOARD_SRC_LINUX_CGROUP_H_

#include <functional>
#include <optional>
#include <string>

namespace switchboard::sys {

// The text of a file; nothing if it cannot be read.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

// The least CPUs that the quota of a group grants, from the group of this process up to the root,
// in either version of control groups; rounded up, at least 1. Nothing if no group has a quota, or
// it cannot be known. `read` is what looks at /proc and /sys.
std::optional<int> CpusGranted(const ReadFile& read);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_CGROUP_H_
