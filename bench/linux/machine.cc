#include "bench/linux/machine.h"

#include <sys/prctl.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <fstream>

namespace switchboard::sys {
namespace {

// The text behind "`key`" and a colon in the first line of `path` that starts with it.
std::string FieldOf(const char* path, const std::string& key) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with(key)) continue;
    const size_t value = line.find_first_not_of(" \t:", key.size());
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

}  // namespace

int64_t ThreadRunDelayNs() {
  std::ifstream file("/proc/thread-self/schedstat");
  int64_t ran = 0, waited = 0;
  return file >> ran >> waited ? waited : 0;
}

void SetTimerSlackNs(int64_t slack_ns) { ::prctl(PR_SET_TIMERSLACK, slack_ns, 0, 0, 0); }

bool IsTerminal(int fd) { return ::isatty(fd) == 1; }

std::string HostName() {
  utsname name{};
  return ::uname(&name) == 0 ? name.nodename : "";
}

std::string KernelVersion() {
  utsname name{};
  return ::uname(&name) == 0 ? std::string(name.sysname) + " " + name.release : "";
}

std::string CpuModel() { return FieldOf("/proc/cpuinfo", "model name"); }

int64_t EphemeralPorts() {
  std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
  int64_t first = 0, last = 0;
  return file >> first >> last && last >= first ? last - first + 1 : 28232;
}

CpuTicks CpuTicksSinceBoot() {
  std::ifstream file("/proc/stat");
  std::string name;
  int64_t user = 0, nice = 0, system = 0, idle = 0, waiting = 0, hard = 0, soft = 0, stolen = 0;
  file >> name >> user >> nice >> system >> idle >> waiting >> hard >> soft >> stolen;
  if (!file || name != "cpu") return {};
  const int64_t all = user + nice + system + idle + waiting + hard + soft + stolen;
  return {.all = all, .idle = idle + waiting, .stolen = stolen};
}

double LoadAverage() {
  double one_minute = 0;
  return ::getloadavg(&one_minute, 1) == 1 ? one_minute : 0;
}

int64_t AvailableMemoryBytes() {
  const std::string kibibytes = FieldOf("/proc/meminfo", "MemAvailable");
  return kibibytes.empty() ? -1 : std::stoll(kibibytes) * 1024;
}

std::optional<double> ClockErrorSeconds() {
  timex clock{};
  const int state = ::adjtimex(&clock);
  if (state < 0 || state == TIME_ERROR || (clock.status & STA_UNSYNC) != 0) return std::nullopt;
  return static_cast<double>(clock.maxerror) / 1e6;
}

}  // namespace switchboard::sys
