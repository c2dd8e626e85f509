#include "bench/linux/cgroup.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace switchboard::sys {
namespace {

const std::filesystem::path kMount = "/sys/fs/cgroup";

// A folder that this process' group has, below one of those that controllers are mounted at.
struct Group {
  std::filesystem::path mount;
  std::filesystem::path path;
};

// Of the unified hierarchy, and of the hierarchy that has the controller `cpu`.
std::vector<Group> CpuGroups() {
  std::vector<Group> groups;
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(std::min(second + 2, line.size()));
    if (controllers.empty()) groups.push_back({kMount, path});
    if (("," + controllers + ",").find(",cpu,") == std::string::npos) continue;
    for (const std::string& name : {controllers, std::string("cpu")}) {
      groups.push_back({kMount / name, path});
    }
  }
  return groups;
}

int64_t ThrottledNsOf(const std::filesystem::path& folder) {
  std::ifstream file(folder / "cpu.stat");
  std::string key;
  for (int64_t value = 0; file >> key >> value;) {
    if (key == "throttled_usec") return value * 1000;
    if (key == "throttled_time") return value;
  }
  return 0;
}

}  // namespace

int64_t ThrottledNs() {
  int64_t longest_ns = 0;
  for (const auto& [mount, path] : CpuGroups()) {
    std::filesystem::path folder = mount;
    longest_ns = std::max(longest_ns, ThrottledNsOf(folder));
    for (const std::filesystem::path& part : path) {
      folder /= part;
      longest_ns = std::max(longest_ns, ThrottledNsOf(folder));
    }
  }
  return longest_ns;
}

}  // namespace switchboard::sys
