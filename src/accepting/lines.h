// Who is on the line, and whether one more may be: --max-connections, of this process and of all
// together, --max-per-address, and how many are told "busy" beside them.
//
// Owned by the Acceptor. Reactor thread only.

#ifndef SWITCHBOARD_SRC_ACCEPTING_LINES_H_
#define SWITCHBOARD_SRC_ACCEPTING_LINES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "src/accepting/colleagues.h"
#include "src/accepting/host_limit.h"
#include "src/accepting/place.h"
#include "switchboard/options.h"

namespace switchboard {

class Lines {
 public:
  struct Config {
    int64_t max_connections;  // of this process, as its descriptors allow
    int64_t max_per_address;  // 0: no limit
    WhenFull when_full;
    Colleagues* colleagues;  // nullptr: there are none
  };

  explicit Lines(Config config) : config_(config), host_limit_(config.max_per_address) {}

  // How many are on the line as `standing`.
  int64_t on(Standing standing) const { return on_[static_cast<size_t>(standing)]; }

  // Lines that this process has left; whether it may use one; and whether there may be one that
  // only another process can use.
  int64_t FreeOwnLines() const { return config_.max_connections - on(Standing::kCaller); }
  bool HasFreeLine() const;
  bool IsAnothersFree() const;

  // A line for a caller who may be let in next.
  using Claim = Colleagues::Claim;
  [[nodiscard]] Claim ClaimLine();
  // It was for nobody. True if somebody has found no line free: those who wait are to be looked
  // for.
  [[nodiscard]] bool GiveBackLine();

  // Whether a caller from `peer` may take one of its host's lines, which `place` has then.
  [[nodiscard]] HostLimit::Entry EnterAddress(const sys::Address& peer, Place& place) {
    return host_limit_.Enter(peer, place.host);
  }
  // Somebody takes `place`; a caller the line that was claimed.
  void Enter(const Place& place);
  // Somebody has left it. True as in GiveBackLine.
  [[nodiscard]] bool Leave(const Place& place);

  // Without a free line: whether the next caller may be told "busy", and whether one who has been
  // accepted for that can be; the others hear nothing.
  bool MayTurnAway() const { return config_.when_full == WhenFull::kBusy && CanBeToldBusy(); }
  bool CanBeToldBusy() const { return on(Standing::kTurnedAway) < kMaxTurnedAway; }
  // Callers who are told so often call again at once, so only so many are accepted for it in a
  // while. From when on the next may be.
  void CountTurnedAway(int64_t now_ms);
  int64_t turn_away_due_ms() const {
    return turned_away_in_period_ < kMostTurnedAwayInPeriod ? 0 : period_ends_ms_;
  }

 private:
  // Callers that are told "busy" at the same time.
  static constexpr int64_t kMaxTurnedAway = 256;

  static constexpr int kMostTurnedAwayInPeriod = 32;
  static constexpr int64_t kPeriodMs = 10;

  const Config config_;
  HostLimit host_limit_;
  std::array<int64_t, kStandings> on_{};
  int turned_away_in_period_ = 0;
  int64_t period_ends_ms_ = 0;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_ACCEPTING_LINES_H_
