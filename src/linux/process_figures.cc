#include "src/linux/process_figures.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <string>

namespace switchboard::sys {
namespace {

double SecondsOf(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Since Linux 6.2 the size of the folder is how many there are; before, it is 0 and they are
// counted.
std::optional<int64_t> CountEntries(DIR* folder) {
  struct stat status {};
  if (folder == nullptr || ::fstat(::dirfd(folder), &status) != 0) return std::nullopt;
  if (status.st_size > 0) return status.st_size;
  int64_t count = 0;
  ::rewinddir(folder);
  while (const dirent* const entry = ::readdir(folder)) {
    if (entry->d_name[0] != '.') ++count;
  }
  return count;
}

struct Resident {
  int64_t bytes;
  int64_t shared_bytes;
};

std::optional<Resident> ReadResident(int statm) {
  char text[128] = {};
  long pages = 0, shared = 0;
  if (::pread(statm, text, sizeof(text) - 1, 0) <= 0) return std::nullopt;
  if (std::sscanf(text, "%*d %ld %ld", &pages, &shared) != 2) return std::nullopt;
  const int64_t page_bytes = ::sysconf(_SC_PAGESIZE);
  return Resident{pages * page_bytes, shared * page_bytes};
}

// What is not known of one is not known of all together.
void Add(std::optional<int64_t>& sum, std::optional<int64_t> more) {
  sum = sum && more ? std::optional(*sum + *more) : std::nullopt;
}

}  // namespace

void AddChild(ProcessFigures& figures, pid_t child) {
  clockid_t clock;
  if (::clock_getcpuclockid(child, &clock) == 0) figures.cpu_s += SecondsOf(clock);
  const std::string folder = "/proc/" + std::to_string(child);
  const Fd statm(::open((folder + "/statm").c_str(), O_RDONLY | O_CLOEXEC));
  const std::optional<Resident> resident = statm ? ReadResident(statm.get()) : std::nullopt;
  Add(figures.resident_bytes,
      resident ? std::optional(resident->bytes - resident->shared_bytes) : std::nullopt);
  const std::unique_ptr<DIR, CloseFolder> open(::opendir((folder + "/fd").c_str()));
  Add(figures.open_descriptors, CountEntries(open.get()));
  rlimit limit{};
  const bool known = ::prlimit(child, RLIMIT_NOFILE, nullptr, &limit) == 0;
  Add(figures.max_descriptors,
      known ? std::optional(static_cast<int64_t>(limit.rlim_cur)) : std::nullopt);
}

double CpuSecondsOfEndedChildren() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

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
  const std::optional<Resident> resident = memory_ ? ReadResident(memory_.get()) : std::nullopt;
  return resident ? std::optional(resident->bytes) : std::nullopt;
}

std::optional<int64_t> ProcessWatch::OpenDescriptors() const {
  return CountEntries(descriptors_.get());
}

}  // namespace switchboard::sys
