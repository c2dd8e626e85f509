#include "src/phases.h"

namespace switchboard {

const char* ToString(Phase phase) {
  switch (phase) {
    case Phase::kServing:
      return "serving";
    case Phase::kLameDuck:
      return "lame duck";
    case Phase::kNoNewCallers:
      return "no new callers";
    case Phase::kDraining:
      return "draining";
  }
  return "unknown";
}

int64_t Phases::DurationMs(Phase phase) const {
  switch (phase) {
    case Phase::kLameDuck:
      return durations_.lame_duck_ms;
    case Phase::kNoNewCallers:
      return durations_.no_new_callers_ms;
    default:
      return durations_.draining_ms;
  }
}

// The drain also if it has no time, as it is the last.
Phase Phases::After(Phase phase) const {
  do {
    phase = static_cast<Phase>(static_cast<int>(phase) + 1);
  } while (phase != Phase::kDraining && DurationMs(phase) == 0);
  return phase;
}

void Phases::EndIf(Phase phase) {
  if (phase == Phase::kDraining) return;
  now_.compare_exchange_strong(phase, After(phase), std::memory_order_acq_rel);
}

bool Phases::End() {
  const Phase phase = now();
  if (phase == Phase::kServing || phase == Phase::kDraining) return false;
  EndIf(phase);
  return true;
}

}  // namespace switchboard
