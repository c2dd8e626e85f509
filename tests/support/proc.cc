#include "tests/support/proc.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace switchboard::test {
namespace {

namespace fs = std::filesystem;

fs::path Folder(pid_t pid) { return "/proc/" + std::to_string(pid); }

// The number after "NAME:" in a status file; 0 if it is not there.
int64_t StatusValue(const fs::path& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) return std::stoll(line.substr(name.size() + 1));
  }
  return 0;
}

int64_t CountEntries(const fs::path& folder) {
  std::error_code gone;
  return std::distance(fs::directory_iterator(folder, gone), fs::directory_iterator());
}

}  // namespace

int64_t ContextSwitches(pid_t pid) {
  int64_t sum = 0;
  std::error_code gone;
  for (const auto& task : fs::directory_iterator(Folder(pid) / "task", gone)) {
    sum += StatusValue(task.path() / "status", "voluntary_ctxt_switches");
    sum += StatusValue(task.path() / "status", "nonvoluntary_ctxt_switches");
  }
  return sum;
}

int64_t CpuMs(pid_t pid) {
  const std::string stat = Contents(Folder(pid) / "stat");
  // The name in brackets may hold anything; the fields are counted from its end.
  std::istringstream words(stat.substr(stat.rfind(')') + 1));
  std::string word;
  int64_t ticks = 0;
  for (int field = 3; words >> word; ++field) {
    if (field == 14 || field == 15) ticks += std::stoll(word);
  }
  return ticks * 1000 / ::sysconf(_SC_CLK_TCK);
}

int64_t UntracedThreads(pid_t pid) {
  int64_t untraced = 0;
  std::error_code gone;
  for (const auto& task : fs::directory_iterator(Folder(pid) / "task", gone)) {
    if (StatusValue(task.path() / "status", "TracerPid") == 0) ++untraced;
  }
  return untraced;
}

int64_t DescriptorCount(pid_t pid) { return CountEntries(Folder(pid) / "fd"); }
int64_t NextDescriptor(pid_t pid) {
  int64_t next = 0;
  while (fs::is_symlink(Folder(pid) / "fd" / std::to_string(next))) ++next;
  return next;
}
int64_t ResidentKib(pid_t pid) { return StatusValue(Folder(pid) / "status", "VmRSS"); }
int64_t ThreadCount(pid_t pid) { return CountEntries(Folder(pid) / "task"); }

int ListeningPort(pid_t pid) {
  std::set<std::string> own;
  std::error_code gone;
  for (const auto& fd : fs::directory_iterator(Folder(pid) / "fd", gone)) {
    own.insert(fs::read_symlink(fd.path(), gone));
  }
  std::istringstream table(Contents(Folder(pid) / "net/tcp"));
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    const std::vector<std::string> fields{std::istream_iterator<std::string>(words), {}};
    constexpr size_t kLocal = 1, kState = 3, kInode = 9;
    if (fields.size() <= kInode || fields[kState] != "0A") continue;
    if (!own.contains("socket:[" + fields[kInode] + "]")) continue;
    return std::stoi(fields[kLocal].substr(fields[kLocal].find(':') + 1), nullptr, 16);
  }
  return 0;
}

int64_t RaiseOwnDescriptorLimit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int64_t>(limit.rlim_cur);
}

void LimitDescriptors(pid_t pid, int64_t soft, int64_t hard) {
  const rlimit limit{.rlim_cur = static_cast<rlim_t>(soft), .rlim_max = static_cast<rlim_t>(hard)};
  REQUIRE(::prlimit(pid, RLIMIT_NOFILE, &limit, nullptr) == 0);
}

}  // namespace switchboard::test
