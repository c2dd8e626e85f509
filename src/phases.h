// How far a server is on its way to the end: serving, lame duck, no new callers, draining. It only
// ever goes forward, and a phase whose time is 0 is left out.
//
// Any thread may move it and look. What is to be done when a phase begins, and when its time is
// over, is the Reactor's affair.

#ifndef SWITCHBOARD_SRC_PHASES_H_
#define SWITCHBOARD_SRC_PHASES_H_

#include <atomic>
#include <cstdint>

#include "switchboard/server.h"

namespace switchboard {

class Phases {
 public:
  struct Durations {
    int64_t lame_duck_ms;
    int64_t no_new_callers_ms;
    int64_t draining_ms;
  };

  explicit Phases(Durations durations) : durations_(durations) {}

  Phase now() const { return now_.load(std::memory_order_acquire); }
  int64_t DurationMs(Phase phase) const;

  // Ends serving, if it has not ended.
  void Stop() { EndIf(Phase::kServing); }
  // Ends a phase, unless that has happened. The drain does not end this way.
  void EndIf(Phase phase);
  // Ends the present phase of stopping. False if there is none, or if it is the drain.
  bool End();

 private:
  Phase After(Phase phase) const;

  const Durations durations_;
  std::atomic<Phase> now_{Phase::kServing};
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PHASES_H_
