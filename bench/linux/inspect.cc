#include "bench/linux/inspect.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
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

int64_t BusyTimeMs(int pid) {
  std::error_code error;
  int64_t busy_ns = 0;
  std::filesystem::directory_iterator each(ProcPath(pid, "task"), error);
  for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) {
    std::ifstream file(each->path() / "schedstat");
    int64_t running_ns = 0, waiting_ns = 0;
    if (file >> running_ns >> waiting_ns) busy_ns += running_ns + waiting_ns;
  }
  return error ? -1 : busy_ns / 1'000'000;
}

}  // namespace switchboard::sys
