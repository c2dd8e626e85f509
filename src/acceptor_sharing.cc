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

// Not of those that are left to the next server, once this one stops.
void Acceptor::LookAtBacklogs() {
  if (closing_) return;
  for (const auto& listener : listeners_) {
    listener->pending = true;
    listener->look_back_ms = 0;
  }
}

// Among several processes, a share of those who wait.
int Acceptor::BudgetFor(Listener& listener) {
  if (config_.colleagues == nullptr || closing_) return kRoundBudget;
  if (full_ && HasRoom()) EndFull();
  if (std::exchange(listener.look_back_ms, 0) != 0) {
    listener.pending = sys::MayHaveInput(listener.fd());
    if (listener.pending) config_.colleagues->PokeAll();
    return kLateBudget;
  }
  // Nobody can do more than this process.
  if (!config_.colleagues->LineIsFree()) return kRoundBudget;
  const int64_t share = config_.colleagues->Share();
  if (share == Colleagues::kAll) return kRoundBudget;
  return static_cast<int>(std::clamp<int64_t>(Room(), 0, std::min<int64_t>(share, kRoundBudget)));
}

// If there is nobody to hand over to, it is as if there were no other process.
void Acceptor::HandOver(Listener& listener, int64_t now_ms) {
  if (config_.colleagues->HandOver()) listener.look_back_ms = now_ms + kLookBackMs;
}

bool Acceptor::HasRoom() const {
  return Room() > 0 && (config_.colleagues == nullptr || config_.colleagues->LineIsFree());
}

// One of --max-connections, for a caller who is let in next.
bool Acceptor::TakeLine() {
  return Room() > 0 && (config_.colleagues == nullptr || config_.colleagues->TakeLine());
}

// Who waits for it may wait in the backlog, or have been accepted by another process.
void Acceptor::GiveBackLine() {
  if (config_.colleagues == nullptr || !config_.colleagues->FreeLine()) return;
  LookAtBacklogs();
  if (std::ranges::any_of(listeners_, [](const auto& each) { return each->behind_proxy(); })) {
    config_.colleagues->PokeAll();
  }
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
