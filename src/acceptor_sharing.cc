// The acceptor as that of one of several processes: its share of callers, and handing over.

#include <algorithm>
#include <utility>

#include "src/acceptor.h"
#include "src/linux/socket.h"

namespace switchboard {
namespace {

// How long a colleague has to take who was handed over to it, and how many are taken in its place
// if it did not.
constexpr int64_t kLookBackMs = 10;
constexpr int kLateBudget = 4;

}  // namespace

void Acceptor::HandlePoke() {
  reactor_thread_.Check();
  config_.colleagues->TakePoke();
  LookAtBacklogs();
}

// Not at those that are left to the next server, once this one stops.
void Acceptor::LookAtBacklogs() {
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

// Among several processes, a share of those who wait.
int Acceptor::BudgetFor(Listener& listener, int64_t now_ms) {
  listener.asked = false;
  if (config_.colleagues == nullptr) return kRoundBudget;
  if (full_ && HasRoom()) EndFull();
  if (closing_) return kRoundBudget;
  if (listener.look_back_ms != 0 && now_ms >= listener.look_back_ms) {
    listener.look_back_ms = 0;
    listener.pending = sys::MayHaveInput(listener.fd());
    if (listener.pending) config_.colleagues->PokeAll();
    return kLateBudget;
  }
  // With all lines taken there is nothing to share: whoever looks holds callers, or turns them
  // away.
  if (!config_.colleagues->LineIsFree()) return kRoundBudget;
  const int64_t share = config_.colleagues->Share();
  if (share == Colleagues::kAll) return kRoundBudget;
  return static_cast<int>(std::clamp<int64_t>(Room(), 0, std::min<int64_t>(share, kRoundBudget)));
}

// If there is nobody to hand over to, it is as if there were no other process. Who is handed over
// later does not put off the look back at who was handed over before, of whom there may be no end.
void Acceptor::HandOver(Listener& listener, int64_t now_ms) {
  if (!config_.colleagues->HandOver()) {
    listener.look_back_ms = 0;
  } else if (listener.look_back_ms == 0) {
    listener.look_back_ms = now_ms + kLookBackMs;
  }
}

// This process has as many callers as its descriptors allow, and others may have more.
bool Acceptor::IsForAnother() const {
  return config_.colleagues != nullptr && !closing_ && Room() <= 0 &&
         config_.colleagues->LineMayBeFree() && config_.colleagues->Share() != Colleagues::kAll;
}

// This process stops, and the others do not: who has been reported to it alone is theirs.
void Acceptor::LeaveToOthers() {
  if (config_.colleagues != nullptr && !config_.colleagues->AllStop()) {
    config_.colleagues->PokeAll();
  }
}

bool Acceptor::HasRoom() const {
  return Room() > 0 && (config_.colleagues == nullptr || config_.colleagues->LineIsFree());
}

// One of --max-connections, for a caller who may be let in next.
Acceptor::Line Acceptor::ClaimLine() {
  if (Room() <= 0) return Line::kRefused;
  return config_.colleagues == nullptr ? Line::kGranted : config_.colleagues->ClaimLine();
}

void Acceptor::UseLine() {
  if (config_.colleagues != nullptr) config_.colleagues->UseLine();
}

void Acceptor::GiveBackLine() {
  if (config_.colleagues != nullptr && config_.colleagues->GiveBackLine()) LookForWhomALineIsFree();
}

void Acceptor::FreeLine() {
  if (config_.colleagues != nullptr && config_.colleagues->FreeLine()) LookForWhomALineIsFree();
}

// Whoever waits for it may wait in the backlog, or have been accepted by another process; and one
// that stops may have no backlog any more.
void Acceptor::LookForWhomALineIsFree() {
  LookAtBacklogs();
  const bool has_guests =
      std::ranges::any_of(listeners_, [](const auto& each) { return each->behind_proxy(); });
  if (has_guests || closing_ || closed()) config_.colleagues->PokeAll();
}

// Tells the colleagues whether this process is able to take callers. Meanwhile they may have taken
// none in its place.
void Acceptor::NoteRoom() {
  if (config_.colleagues == nullptr) return;
  ProcessTable::Slot& own = config_.colleagues->own();
  own.guests = static_cast<int64_t>(anteroom_.guests());
  const bool failing = std::ranges::any_of(
      listeners_, [](const auto& listener) { return listener->pause_error != 0; });
  const bool has_room = Room() > 0 && !failing && !closing_ && !closed();
  if (has_room == std::exchange(has_room_, has_room)) return;
  own.has_room = has_room;
  if (has_room) LookAtBacklogs();
}

}  // namespace switchboard
