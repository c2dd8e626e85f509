// The acceptor as that of one of several processes: its share of callers, and handing over.

#include <algorithm>
#include <utility>

#include "src/accepting/acceptor.h"
#include "src/linux/socket.h"

namespace switchboard {
namespace {

// How many are taken in place of a colleague that was to take them, and did not.
constexpr int kLateBudget = 4;

}  // namespace

void Acceptor::HandlePoke() {
  reactor_thread_.Check();
  colleagues_->TakePoke();
  MarkBacklogs();
}

// Not at those that are left to the next server, once this one stops.
void Acceptor::MarkBacklogs() {
  for (const auto& listener : listeners_) {
    if (closing_ && listener->adopted()) continue;
    listener->pending = true;
    listener->asked = true;
  }
}

// Not while a colleague has time to take who was handed over to it, unless somebody else has come.
bool Acceptor::MayLook(const Listener& listener, int64_t now_ms) const {
  return listener.look_back_ms == 0 || listener.asked || now_ms >= listener.look_back_ms;
}

// Whether the time of a colleague that was to take somebody is over.
bool Acceptor::IsLate(const Listener& listener, int64_t now_ms) const {
  return listener.look_back_ms != 0 && now_ms >= listener.look_back_ms;
}

// How many to take at most: among several processes, a share of those who wait.
int Acceptor::BudgetOf(const Listener& listener, int64_t now_ms) const {
  if (colleagues_ == nullptr || closing_) return kRoundBudget;
  if (IsLate(listener, now_ms)) return kLateBudget;
  // With all lines taken there is nothing to share: whoever looks holds callers, or turns them
  // away.
  if (!colleagues_->LineIsFree()) return kRoundBudget;
  const int64_t more = colleagues_->MoreUntilShare();
  if (more == Colleagues::kNoLimit) return kRoundBudget;
  const int64_t most = std::min<int64_t>(more, kRoundBudget);
  return static_cast<int>(std::clamp<int64_t>(lines_.FreeOwnLines(), 0, most));
}

// With one who comes late, all do.
void Acceptor::BeginLook(Listener& listener, int64_t now_ms) {
  listener.asked = false;
  if (colleagues_ == nullptr) return;
  if (full_ && lines_.HasFreeLine()) EndFull();
  if (!IsLate(listener, now_ms)) return;
  listener.look_back_ms = 0;
  if (closing_) return;
  listener.pending = sys::MayHaveInput(listener.fd());
  if (listener.pending) colleagues_->PokeAll();
}

// If there is nobody to hand over to, it is as if there were no other process. Who is handed over
// later does not put off the look back at who was handed over before, of whom there may be no end.
void Acceptor::HandOver(Listener& listener, int64_t now_ms) {
  if (!colleagues_->HandOver()) {
    listener.look_back_ms = 0;
  } else if (listener.look_back_ms == 0) {
    listener.look_back_ms = now_ms + kLookBackMs;
  }
}

// This process stops, and the others do not: who has been reported to it alone is theirs.
void Acceptor::PokeOthersIfTheyGoOn() {
  if (colleagues_ != nullptr && !colleagues_->AllStop()) {
    colleagues_->PokeAll();
  }
}

// Whoever waits for it may wait in the backlog, or have been accepted by another process, which has
// told so or looks itself; and one that stops may have no backlog any more.
void Acceptor::LookForWhomALineIsFree() {
  MarkBacklogs();
  if (closing_ || closed() || colleagues_->OthersHaveGuests()) colleagues_->PokeAll();
}

// When it can accept again: meanwhile they may have taken none in its place.
void Acceptor::TellColleagues() {
  if (colleagues_ == nullptr) return;
  const bool can_accept = lines_.FreeOwnLines() > 0 && !IsFailing() && !closing_ && !closed();
  colleagues_->Tell(can_accept, static_cast<int64_t>(anteroom_.guests()));
  const bool could = std::exchange(told_can_accept_, can_accept);
  if (can_accept && !could) MarkBacklogs();
}

}  // namespace switchboard
