#include "src/linux/clock.h"

#include <cstdio>
#include <ctime>

namespace switchboard::sys {

namespace {

int64_t Read(clockid_t clock) {
  timespec now;
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

}  // namespace

int64_t NowNs() { return Read(CLOCK_MONOTONIC); }

int64_t NowMs() { return NowNs() / 1'000'000; }

int64_t ThreadCpuNs() { return Read(CLOCK_THREAD_CPUTIME_ID); }

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
