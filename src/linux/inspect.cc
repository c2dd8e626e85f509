#include "src/linux/inspect.h"

#include <unistd.h>

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

}  // namespace switchboard::sys
