#include "bench/micro/clock_reads.h"

#include <dlfcn.h>

#include <atomic>
#include <ctime>

namespace {

std::atomic<int64_t> clock_reads{0};

using ClockGettime = int (*)(clockid_t, timespec*);

// The C library's own, which needs no system call for most clocks.
ClockGettime Original() {
  static const auto original = reinterpret_cast<ClockGettime>(::dlsym(RTLD_NEXT, "clock_gettime"));
  return original;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  clock_reads.fetch_add(1, std::memory_order_relaxed);
  return Original()(clock, now);
}

namespace switchboard::bench {

int64_t ClockReadsSoFar() { return clock_reads.load(std::memory_order_relaxed); }

}  // namespace switchboard::bench
