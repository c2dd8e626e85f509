#include "src/linux/process.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>

#include "src/linux/affinity.h"
#include "src/linux/cgroup.h"

namespace switchboard::sys {
namespace {

std::optional<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

int64_t RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlimit raised{.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return static_cast<int64_t>(std::min<rlim_t>(limit.rlim_cur, 1 << 30));
}

int AvailableCpus() {
  const int allowed = CpuSet().size();
  const int cpus =
      allowed > 0 ? allowed : std::max(1, static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)));
  return std::min(cpus, CpusGranted(ReadWhole).value_or(cpus));
}

std::optional<int> MaxBacklog() {
  int value = 0;
  std::ifstream file("/proc/sys/net/core/somaxconn");
  return file >> value && value > 0 ? std::optional(value) : std::nullopt;
}

void NameThisThread(std::string_view name) {
  ::pthread_setname_np(::pthread_self(), std::string(name.substr(0, 15)).c_str());
}

void BlockSignalsInThisThread() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

void OpenStandardStreams() {
  for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::open("/dev/null", O_RDWR)) {
    if (fd > STDERR_FILENO) {
      ::close(fd);
      return;
    }
  }
}

}  // namespace switchboard::sys
