#include "src/linux/inspect.h"

#include <unistd.h>

#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace switchboard::sys {
namespace {

std::string ProcPath(int pid, const char* name) {
  return "/proc/" + std::to_string(pid) + "/" + name;
}

}  // namespace

int64_t OpenDescriptors(int pid) {
  std::error_code error;
  int64_t count = 0;
  std::filesystem::directory_iterator each(ProcPath(pid, "fd"), error);
  for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) ++count;
  return error ? -1 : count;
}

int64_t ResidentBytes(int pid) {
  std::ifstream file(ProcPath(pid, "statm"));
  int64_t size = 0, resident = 0;
  return file >> size >> resident ? resident * ::sysconf(_SC_PAGESIZE) : -1;
}

int64_t CpuTimeMs(int pid) {
  std::ifstream file(ProcPath(pid, "stat"));
  std::string line;
  if (!std::getline(file, line)) return -1;
  // The second field is the program's name in parentheses and may hold spaces.
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  int64_t user_ticks = 0, system_ticks = 0;
  if (!(fields >> user_ticks >> system_ticks)) return -1;
  return (user_ticks + system_ticks) * 1000 / ::sysconf(_SC_CLK_TCK);
}

int64_t CpuTimeNs(int pid) {
  clockid_t clock;
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return -1;
  return used.tv_sec * 1'000'000'000LL + used.tv_nsec;
}

std::vector<int> ThreadsOf(int pid) {
  std::vector<int> threads;
  std::error_code error;
  std::filesystem::directory_iterator each(ProcPath(pid, "task"), error);
  for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) {
    const std::string name = each->path().filename();
    int tid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), tid).ec == std::errc()) {
      threads.push_back(tid);
    }
  }
  return threads;
}

std::vector<int> ProcessTree(int pid) {
  std::vector<int> tree{pid};
  for (size_t i = 0; i < tree.size(); ++i) {
    const int parent = tree[i];
    for (const int tid : ThreadsOf(parent)) {
      std::ifstream file(ProcPath(parent, "task/") + std::to_string(tid) + "/children");
      for (int child; file >> child;) tree.push_back(child);
    }
  }
  return tree;
}

}  // namespace switchboard::sys
