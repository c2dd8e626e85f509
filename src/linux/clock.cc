#include "src/linux/clock.h"

#include <ctime>

namespace switchboard::sys {

int64_t NowNs() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

int64_t NowMs() { return NowNs() / 1'000'000; }

}  // namespace switchboard::sys
