#include "bench/linux/process_tree.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace switchboard::sys {
namespace {

std::string TasksPath(int pid) { return "/proc/" + std::to_string(pid) + "/task"; }

}  // namespace

std::vector<int> ThreadsOf(int pid) {
  std::vector<int> threads;
  std::error_code error;
  std::filesystem::directory_iterator each(TasksPath(pid), error);
  for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) {
    const std::string name = each->path().filename();
    int tid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), tid).ec == std::errc()) {
      threads.push_back(tid);
    }
  }
  return threads;
}

std::vector<int> OwnThreads() { return ThreadsOf(::getpid()); }

std::vector<int> ProcessTree(int pid) {
  std::vector<int> tree{pid};
  for (size_t i = 0; i < tree.size(); ++i) {
    const int parent = tree[i];
    for (const int tid : ThreadsOf(parent)) {
      std::ifstream file(TasksPath(parent) + "/" + std::to_string(tid) + "/children");
      for (int child; file >> child;) tree.push_back(child);
    }
  }
  return tree;
}

int64_t SumOverTree(int pid, int64_t (*figure)(int pid)) {
  int64_t sum = 0;
  for (const int process : ProcessTree(pid)) {
    const int64_t own = figure(process);
    if (process == pid && own < 0) return -1;
    sum += std::max<int64_t>(own, 0);
  }
  return sum;
}

int64_t CpuTimeNs(int pid) {
  clockid_t clock;
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return -1;
  return used.tv_sec * 1'000'000'000LL + used.tv_nsec;
}

}  // namespace switchboard::sys
