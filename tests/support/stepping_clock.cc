// Preloaded into a program: its clock of the day steps by an hour, forth and back, whenever it is
// looked at. The clock that only runs forward is left alone.

#include <dlfcn.h>
#include <time.h>

#include <atomic>

namespace {

using ClockGettime = int (*)(clockid_t, timespec*);

constexpr time_t kHour = 3600;
std::atomic<unsigned> g_looks{0};

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static const auto real = reinterpret_cast<ClockGettime>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(clock, now);
  if (clock == CLOCK_REALTIME) now->tv_sec += g_looks++ % 2 == 0 ? kHour : -kHour;
  return result;
}
