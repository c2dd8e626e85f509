#include "src/linux/clock.h"

#include <cstdio>

#include "tests/sim/kernel/machine.h"

namespace switchboard::sys {

int64_t NowNs() {
  const sim::Seam seam(sim::SystemCall::kClock);
  return sim::Machine::Here().scheduler.LookAtClock();
}

int64_t NowMs() { return NowNs() / 1'000'000; }

// Everybody has a CPU of their own.
int64_t ThreadCpuNs() { return NowNs(); }

FixedText<40> UtcTimestamp() {
  char text[40];
  const int64_t now_ms = NowMs();
  std::snprintf(text, sizeof(text), "2026-01-31T13:%02d:%02d.%03dZ",
                static_cast<int>(now_ms / 60'000 % 60), static_cast<int>(now_ms / 1000 % 60),
                static_cast<int>(now_ms % 1000));
  return FixedText<40>() << text;
}

}  // namespace switchboard::sys
