// Preloaded into a program: counts how often it looks at the clock that only runs forward, in the
// file that CLOCK_READS names.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

using ClockGettime = int (*)(clockid_t, timespec*);

std::atomic<uint64_t>* OpenCounter() {
  const char* const path = std::getenv("CLOCK_READS");
  const int fd = path == nullptr ? -1 : ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ::ftruncate(fd, sizeof(uint64_t)) != 0) std::abort();
  void* const shared = ::mmap(nullptr, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  return static_cast<std::atomic<uint64_t>*>(shared);
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static const auto real = reinterpret_cast<ClockGettime>(::dlsym(RTLD_NEXT, "clock_gettime"));
  static std::atomic<uint64_t>* const reads = OpenCounter();
  if (clock == CLOCK_MONOTONIC) ++*reads;
  return real(clock, now);
}
