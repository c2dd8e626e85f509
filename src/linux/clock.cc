#include "src/linux/clock.h"

#include <cstdio>
#include <ctime>

namespace switchboard::sys {

int64_t NowNs() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

int64_t NowMs() { return NowNs() / 1'000'000; }

FixedText<40> UtcTimestamp() {
  timespec now;
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm parts;
  ::gmtime_r(&now.tv_sec, &parts);
  char text[40];
  const size_t size = std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + size, sizeof(text) - size, ".%03ldZ", now.tv_nsec / 1'000'000);
  return FixedText<40>() << text;
}

}  // namespace switchboard::sys
