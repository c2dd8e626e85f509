#include "src/linux/cgroup.h"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <sstream>
#include <vector>

namespace switchboard::sys {
namespace {

// A mount of a hierarchy that accounts for CPU time: version 2, or the controller "cpu" of version
// 1. Both may be mounted, of which one has the quotas.
struct Hierarchy {
  bool version2;
  std::string root;   // the group that is seen at `point`
  std::string point;  // where it is mounted
};

bool Lists(const std::string& commas, const std::string& word) {
  return (',' + commas + ',').find(',' + word + ',') != std::string::npos;
}

// proc(5): "36 35 98:0 /root /point options [tags] - type source options".
std::vector<Hierarchy> Hierarchies(const std::string& mountinfo) {
  std::vector<Hierarchy> found;
  std::istringstream lines(mountinfo);
  for (std::string line; std::getline(lines, line);) {
    const size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream mount(line), filesystem(line.substr(dash + 3));
    std::string skipped, root, point, type, options;
    mount >> skipped >> skipped >> skipped >> root >> point;
    filesystem >> type >> skipped >> options;
    const bool version2 = type == "cgroup2";
    if (version2 || (type == "cgroup" && Lists(options, "cpu"))) {
      found.push_back({version2, root, point});
    }
  }
  return found;
}

// This process's group: a line "0::/path" of /proc/self/cgroup, or "4:cpu,cpuacct:/path".
std::optional<std::string> GroupIn(const Hierarchy& hierarchy, const std::string& self) {
  std::istringstream lines(self);
  for (std::string line; std::getline(lines, line);) {
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool match = hierarchy.version2 ? controllers.empty() : Lists(controllers, "cpu");
    if (match) return line.substr(second + 1);
  }
  return std::nullopt;
}

// The path of `group` below the mount; none if it is the mounted group itself, or not seen there.
std::string BelowMount(const std::string& group, const std::string& root) {
  if (group.find("/..") != std::string::npos) return "";
  const std::string prefix = root == "/" ? "" : root;
  const bool below = group.starts_with(prefix + "/") && group.size() > prefix.size() + 1;
  return below ? group.substr(prefix.size()) : "";
}

std::optional<int> RoundedUp(int64_t quota_us, int64_t period_us) {
  if (quota_us <= 0 || period_us <= 0) return std::nullopt;
  return static_cast<int>(std::clamp<int64_t>((quota_us - 1) / period_us + 1, 1, INT_MAX));
}

// Without a quota it is "max" or -1.
std::optional<int> CpusOf(const std::string& folder, bool version2, const ReadFile& read) {
  const auto text = [&](const char* name) { return read(folder + name).value_or(""); };
  std::istringstream numbers(
      version2 ? text("/cpu.max") : text("/cpu.cfs_quota_us") + ' ' + text("/cpu.cfs_period_us"));
  int64_t quota_us = 0, period_us = 0;
  return numbers >> quota_us >> period_us ? RoundedUp(quota_us, period_us) : std::nullopt;
}

}  // namespace

std::optional<int> CpusGranted(const ReadFile& read) {
  const std::string self = read("/proc/self/cgroup").value_or("");
  std::optional<int> least;
  for (const Hierarchy& hierarchy : Hierarchies(read("/proc/self/mountinfo").value_or(""))) {
    const std::optional<std::string> group = GroupIn(hierarchy, self);
    if (!group) continue;
    std::string path = BelowMount(*group, hierarchy.root);
    for (;;) {
      const auto cpus = CpusOf(hierarchy.point + path, hierarchy.version2, read);
      if (cpus) least = std::min(*cpus, least.value_or(*cpus));
      if (path.empty()) break;
      path.erase(path.rfind('/'));
    }
  }
  return least;
}

}  // namespace switchboard::sys
