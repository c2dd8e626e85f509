#include "src/linux/process_figures.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>

namespace switchboard::sys {
namespace {

double SecondsOf(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

ProcessWatch::ProcessWatch()
    : started_s_(SecondsOf(CLOCK_REALTIME)),
      memory_(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)),
      descriptors_(::opendir("/proc/self/fd")) {}

ProcessFigures ProcessWatch::Look() const {
  ProcessFigures figures{.started_s = started_s_,
                         .cpu_s = SecondsOf(CLOCK_PROCESS_CPUTIME_ID),
                         .resident_bytes = ResidentBytes(),
                         .open_descriptors = OpenDescriptors(),
                         .max_descriptors = std::nullopt};
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    figures.max_descriptors = static_cast<int64_t>(limit.rlim_cur);
  }
  return figures;
}

std::optional<int64_t> ProcessWatch::ResidentBytes() const {
  char text[128] = {};
  long pages = 0;
  if (!memory_ || ::pread(memory_.get(), text, sizeof(text) - 1, 0) <= 0) return std::nullopt;
  if (std::sscanf(text, "%*d %ld", &pages) != 1) return std::nullopt;
  return int64_t{pages} * ::sysconf(_SC_PAGESIZE);
}

// Since Linux 6.2 the size of the folder is how many there are; before, it is 0 and they are
// counted.
std::optional<int64_t> ProcessWatch::OpenDescriptors() const {
  struct stat status {};
  if (descriptors_ == nullptr || ::fstat(::dirfd(descriptors_.get()), &status) != 0) {
    return std::nullopt;
  }
  if (status.st_size > 0) return status.st_size;
  int64_t count = 0;
  ::rewinddir(descriptors_.get());
  while (const dirent* const entry = ::readdir(descriptors_.get())) {
    if (entry->d_name[0] != '.') ++count;
  }
  return count;
}

}  // namespace switchboard::sys
