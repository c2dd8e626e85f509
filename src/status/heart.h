// Whether the reactor is alive: it is woken, and has to come round.
//
// Used by one thread.

#ifndef SWITCHBOARD_SRC_STATUS_HEART_H_
#define SWITCHBOARD_SRC_STATUS_HEART_H_

#include <cstdint>
#include <string>

#include "switchboard/server.h"

namespace switchboard::status {

// "2.0 s".
inline std::string SecondsText(int64_t ms) {
  return std::to_string(ms / 1000) + '.' + std::to_string(ms / 100 % 10) + " s";
}

class Heart {
 public:
  enum class Beat { kAwaited, kBeats, kFails };

  // Wakes the reactor, unless an earlier wake-up has not been answered.
  void Ask(Server& server, int64_t now_ms) {
    if (asked_ms_ != kNotAsked && server.ReactorRounds() == rounds_) return;
    asked_ms_ = now_ms;
    rounds_ = server.ReactorRounds();
    server.WakeReactor();
  }
  Beat Look(const Server& server, int64_t now_ms) const {
    if (server.ReactorRounds() != rounds_) return Beat::kBeats;
    return SilentMs(now_ms) < kMostSilentMs ? Beat::kAwaited : Beat::kFails;
  }
  // Since the wake-up that nobody has answered.
  int64_t SilentMs(int64_t now_ms) const { return now_ms - asked_ms_; }

 private:
  static constexpr int64_t kMostSilentMs = 2000;
  static constexpr int64_t kNotAsked = -1;

  int64_t asked_ms_ = kNotAsked;
  uint64_t rounds_ = 0;  // when it was asked
};

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_HEART_H_
