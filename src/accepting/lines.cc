#include "src/accepting/lines.h"

namespace switchboard {

bool Lines::HasFreeLine() const {
  return FreeOwnLines() > 0 && (config_.colleagues == nullptr || config_.colleagues->LineIsFree());
}

bool Lines::IsAnothersFree() const {
  return config_.colleagues != nullptr && FreeOwnLines() <= 0 &&
         config_.colleagues->LineMayBeFree() &&
         config_.colleagues->MoreUntilShare() != Colleagues::kNoLimit;
}

Lines::Claim Lines::ClaimLine() {
  if (FreeOwnLines() <= 0) return Claim::kRefused;
  return config_.colleagues == nullptr ? Claim::kGranted : config_.colleagues->ClaimLine();
}

bool Lines::GiveBackLine() {
  return config_.colleagues != nullptr && config_.colleagues->GiveBackLine();
}

void Lines::Enter(const Place& place) {
  ++on_[static_cast<size_t>(place.standing)];
  if (place.standing != Standing::kCaller || config_.colleagues == nullptr) return;
  config_.colleagues->UseLine();
}

bool Lines::Leave(const Place& place) {
  --on_[static_cast<size_t>(place.standing)];
  host_limit_.Leave(place.host);
  if (place.standing != Standing::kCaller || config_.colleagues == nullptr) return false;
  return config_.colleagues->FreeLine();
}

void Lines::CountTurnedAway(int64_t now_ms) {
  if (now_ms >= period_ends_ms_) {
    turned_away_in_period_ = 0;
    period_ends_ms_ = now_ms + kPeriodMs;
  }
  ++turned_away_in_period_;
}

}  // namespace switchboard
