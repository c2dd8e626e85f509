#include "src/accepting/acceptor.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "src/linux/fork.h"
#include "src/linux/socket.h"
#include "src/linux/way_out.h"

namespace switchboard {
namespace {

// At the limit, a listener behind a proxy accepts as long as there are not so many who wait for
// their header to be whole or for a place; and how many of these may wait for a place. That leaves
// room for as many proxies that see whether somebody answers, and for these on the line.
constexpr int64_t kMostGuestsAtLimit = 256;
constexpr size_t kMostCallersHeld = 128;
constexpr int64_t kMostChecks = 128;

// Accepts in a row that may each fail because of a single caller, before that is not believed.
constexpr int kMostFailuresInRow = 8;

}  // namespace

Acceptor::Acceptor(Config config, std::vector<std::unique_ptr<Listener>> listeners, Client& client,
                   sys::Epoll& epoll, ReactorCounters& counters, Log& log)
    : colleagues_(config.lines.colleagues),
      listeners_(std::move(listeners)),
      client_(client),
      counters_(counters),
      log_(log),
      epoll_(epoll),
      anteroom_(std::move(config.proxy), epoll, counters, log),
      lines_(config.lines) {}

void Acceptor::Register() {
  for (uint32_t slot = 0; slot < listeners_.size(); ++slot) {
    const Listener& listener = *listeners_[slot];
    const EventSource source{.slot = slot, .kind = EventSource::Kind::kListener};
    // Not all processes that sleep are woken for one caller.
    const uint32_t events = colleagues_ == nullptr ? EPOLLIN : EPOLLIN | EPOLLEXCLUSIVE;
    const sys::Result added = epoll_.Add(listener.fd(), events, source.ToData());
    if (!added) {
      throw std::runtime_error(
          sys::Refusal("cannot watch " + listener.address().ToString(), added.error));
    }
  }
  if (colleagues_ != nullptr) colleagues_->Tell(told_can_accept_, 0);
}

void Acceptor::HandleEvent(const EventSource& source) {
  reactor_thread_.Check();
  if (source.slot >= listeners_.size()) return;
  listeners_[source.slot]->pending = true;
  listeners_[source.slot]->asked = true;
}

void Acceptor::AcceptPending(int64_t now_ms) {
  reactor_thread_.Check();
  bool accepted = false;
  anteroom_.EndLate(now_ms);
  LetGuestsIn();
  for (const auto& listener : listeners_) accepted = AcceptFrom(*listener, now_ms) || accepted;
  LetGuestsIn();
  if (closing_) CloseIfNobodyIsOnHold(accepted);
  TellColleagues();
}

// Whether there was anybody.
bool Acceptor::AcceptFrom(Listener& listener, int64_t now_ms) {
  if (!listener.pending || !MayLook(listener, now_ms)) return false;
  const int budget = BudgetOf(listener, now_ms);
  BeginLook(listener, now_ms);
  int left = budget;
  while (left > 0 && MayAccept(listener) && IsDue(listener, now_ms)) {
    if (AcceptOne(listener, now_ms) == Outcome::kStopped) break;
    --left;
  }
  if (colleagues_ != nullptr && listener.pending && !closing_) {
    // Whoever is told of callers while it looks, looks again itself, unless the line is another's.
    const bool may_go_on = budget == kRoundBudget || listener.asked;
    const bool goes_on =
        may_go_on && MayAccept(listener) && IsDue(listener, now_ms) && !lines_.IsAnothersFree();
    if (!goes_on) HandOver(listener, now_ms);
  }
  return left < budget;
}

// The header of a proxy must be read before anybody knows whether a place is needed.
bool Acceptor::MayAccept(const Listener& listener) const {
  if (!listener.behind_proxy()) return !full_;
  return static_cast<int64_t>(anteroom_.guests()) <
         std::max(kMostGuestsAtLimit, lines_.FreeOwnLines());
}

Acceptor::Outcome Acceptor::AcceptOne(Listener& listener, int64_t now_ms) {
  bool claimed = false;
  if (!listener.behind_proxy()) {
    const Lines::Claim claim = lines_.ClaimLine();
    claimed = claim == Lines::Claim::kGranted;
    if (!claimed && !MayAcceptWithout(claim, listener, now_ms)) return Outcome::kStopped;
  }
  sys::Address peer;
  const sys::Result accepted = sys::Accept(listener.fd(), &peer);
  if (accepted) {
    return OnAccepted(listener, sys::Fd(static_cast<int>(accepted.value)), peer, claimed, now_ms);
  }
  const Outcome outcome = OnNobody(listener, accepted.error, now_ms);
  if (claimed) GiveBackLine();
  return outcome;
}

// Of the next caller of `listener`, for whom there is no line: whether to accept it all the same
// and to tell it "busy". If callers do wait, the backlog keeps them until a place is free.
bool Acceptor::MayAcceptWithout(Lines::Claim claim, Listener& listener, int64_t now_ms) {
  if (!closing_ && lines_.IsAnothersFree()) return false;
  if (claim == Lines::Claim::kAwaited) {
    // One that is about to close its listeners keeps them open until it has been poked; if nobody
    // does, as the claim was given back, it looks back by itself.
    SetPending(listener, closing_ && sys::MayHaveInput(listener.fd()));
    if (listener.pending) listener.look_back_ms = now_ms + kLookBackMs;
    return false;
  }
  if (lines_.MayTurnAway()) return true;
  SetPending(listener, sys::MayHaveInput(listener.fd()));
  if (listener.pending) NoteFull();
  return false;
}

// With nobody there is nothing to look back at, either.
void Acceptor::SetPending(Listener& listener, bool pending) {
  listener.pending = pending;
  if (!pending) listener.look_back_ms = 0;
}

// accept(2) has failed.
Acceptor::Outcome Acceptor::OnNobody(Listener& listener, int error, int64_t now_ms) {
  switch (error) {
    case EAGAIN:
      SetPending(listener, false);
      return Outcome::kStopped;
    case EINVAL:
      // Another process has ended listening for all.
      if (colleagues_ == nullptr) return OnFailed(listener, error, now_ms);
      SetPending(listener, false);
      return Outcome::kStopped;
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
      return OnLost(listener, error, now_ms);
    default:
      return OnFailed(listener, error, now_ms);
  }
}

Acceptor::Outcome Acceptor::OnAccepted(Listener& listener, sys::Fd fd, const sys::Address& peer,
                                       bool claimed, int64_t now_ms) {
  listener.failures_in_row = 0;
  if (listener.pause_error != 0) Resume(listener);
  if (!listener.Prepare(fd.get())) {
    counters_.accept_failed.Add();
    sys::CloseWithCopies(std::move(fd), false);
    if (claimed) GiveBackLine();
    return Outcome::kLost;
  }
  if (listener.behind_proxy()) {
    anteroom_.Enter(std::move(fd), listener, peer, now_ms);
    return Outcome::kAccepted;
  }
  const Place place{.standing = claimed ? Standing::kCaller : Standing::kTurnedAway};
  if (!claimed) lines_.CountTurnedAway(now_ms);
  return LetIn(std::move(fd), listener, place, peer, false);
}

Acceptor::Outcome Acceptor::LetIn(sys::Fd fd, const Listener& listener, Place place,
                                  const sys::Address& caller, bool named) {
  const bool entered = place.standing != Standing::kCaller || EnterAddress(caller, place);
  if (place.standing == Standing::kTurnedAway) counters_.rejected.Add();
  // One host's callers are not left in the backlog, where they would be in the way of others. If
  // there are too many to be told "busy", this one hears nothing.
  if (!entered || (place.standing == Standing::kTurnedAway && !lines_.CanBeToldBusy())) {
    sys::CloseWithCopies(std::move(fd), false);
    return Outcome::kLost;
  }
  lines_.Enter(place);
  client_.Admit(std::move(fd), listener, place, caller, named);
  return Outcome::kAccepted;
}

void Acceptor::LetIn(Anteroom::Guest guest, Standing standing) {
  const Place place{.standing = standing};
  (void)LetIn(std::move(guest.fd), *guest.listener, place, guest.caller, guest.named);
}

// Those whose proxy has said who they are: checks always, callers as there are places. A few wait
// for one here, but not so many that checks would have to wait behind them.
void Acceptor::LetGuestsIn() {
  while (anteroom_.checks() > 0) {
    const bool room = lines_.on(Standing::kCheck) < kMostChecks;
    LetIn(anteroom_.TakeCheck(), room ? Standing::kCheck : Standing::kTurnedAway);
  }
  while (anteroom_.callers() > 0) {
    const Lines::Claim claim = lines_.ClaimLine();
    if (claim == Lines::Claim::kGranted) {
      LetIn(anteroom_.TakeFirstCaller(), Standing::kCaller);
    } else if (claim == Lines::Claim::kAwaited) {
      return;
    } else if (lines_.MayTurnAway() || anteroom_.callers() > kMostCallersHeld) {
      LetIn(anteroom_.TakeLastCaller(), Standing::kTurnedAway);
    } else {
      return NoteFull();
    }
  }
}

// Counts a caller among those of its host, and takes its place from it if they are too many. False
// if there is no memory for that.
bool Acceptor::EnterAddress(const sys::Address& peer, Place& place) {
  switch (lines_.EnterAddress(peer, place)) {
    case HostLimit::Entry::kEntered:
      break;
    case HostLimit::Entry::kFull:
      place.standing = Standing::kTurnedAway;
      GiveBackLine();
      counters_.rejected_by_address.Add();
      log_.WriteLimited(LogLevel::kWarn, "rejected reason=max_per_address",
                        LogText() << "peer=" << peer.ToText());
      break;
    case HostLimit::Entry::kNoMemory:
      GiveBackLine();
      counters_.no_memory.Add();
      log_.WriteLimited(LogLevel::kWarn, "no_memory",
                        LogText() << "connections=" << lines_.on(Standing::kCaller));
      return false;
  }
  return true;
}

void Acceptor::GiveBackLine() {
  if (lines_.GiveBackLine()) LookForWhomALineIsFree();
}

// The error is this caller's own, which is gone now, accept(2). The next one may be well; but if
// one after the other fails, the error is nobody's own, and repeating the call gets nowhere.
Acceptor::Outcome Acceptor::OnLost(Listener& listener, int error, int64_t now_ms) {
  if (error != EINTR) counters_.accept_failed.Add();
  if (++listener.failures_in_row == kMostFailuresInRow) return OnFailed(listener, error, now_ms);
  return Outcome::kLost;
}

// EMFILE, ENFILE, ENOBUFS, ENOMEM as a rule. accept(2) fails with these whether or not a caller
// waits, as the kernel allocates the descriptor first. Without a caller there is nothing to pause.
Acceptor::Outcome Acceptor::OnFailed(Listener& listener, int error, int64_t now_ms) {
  listener.failures_in_row = 0;
  SetPending(listener, listener.pause_error != 0 || sys::MayHaveInput(listener.fd()));
  if (listener.pending) Pause(listener, error, now_ms);
  return Outcome::kStopped;
}

void Acceptor::BeginClosing() {
  reactor_thread_.Check();
  closing_ = true;
  for (const auto& listener : listeners_) {
    listener->pending = !listener->adopted();  // whether epoll has reported anybody or not
    listener->look_back_ms = 0;
    if (listener->adopted()) (void)epoll_.Remove(listener->fd());
  }
  PokeOthersIfTheyGoOn();
}

// All are asked once more after the last caller: meanwhile somebody may have called another.
void Acceptor::CloseIfNobodyIsOnHold(bool accepted) {
  const bool pending =
      anteroom_.callers() > 0 || std::ranges::any_of(listeners_, &Listener::pending);
  if (!accepted && !pending) return Close();
  if (!pending) BeginClosing();
}

void Acceptor::Close() {
  reactor_thread_.Check();
  closing_ = false;
  anteroom_.EndAwaited();
  LetGuestsIn();
  while (anteroom_.callers() > 0) LetIn(anteroom_.TakeFirstCaller(), Standing::kTurnedAway);
  const bool all_stop = colleagues_ != nullptr && colleagues_->AllStop();
  for (const auto& listener : listeners_) {
    (void)epoll_.Remove(listener->fd());
    if (all_stop) listener->End();
  }
  {
    MutexLock lock(closing_mutex_);
    if (!listeners_.empty()) overflows_at_close_ = SumOfDrops();
    listeners_.clear();
  }
  full_ = false;
  NotePaused();
  PokeOthersIfTheyGoOn();
}

int64_t Acceptor::ListenOverflows() {
  MutexLock lock(closing_mutex_);
  return listeners_.empty() ? overflows_at_close_ : SumOfDrops();
}

int64_t Acceptor::SumOfDrops() const {
  int64_t sum = 0;
  for (const auto& listener : listeners_) {
    const sys::Result drops = sys::ListenDrops(listener->fd());
    if (!drops) return -1;
    sum += drops.value;
  }
  return sum;
}

void Acceptor::OnClosed(const Place& place) {
  reactor_thread_.Check();
  if (lines_.Leave(place)) LookForWhomALineIsFree();
  for (const auto& listener : listeners_) listener->retry_ms = 0;
  if (full_) EndFull();
  TellColleagues();
}

bool Acceptor::HasWork(int64_t now_ms) const {
  if (anteroom_.callers() > 0 && lines_.HasFreeLine()) return true;
  return std::ranges::any_of(listeners_,
                             [&](const auto& listener) { return HasWork(*listener, now_ms); });
}

bool Acceptor::HasWork(const Listener& listener, int64_t now_ms) const {
  if (listener.look_back_ms != 0) return listener.pending && MayLook(listener, now_ms);
  return MayAccept(listener) && IsDue(listener, now_ms);
}

int64_t Acceptor::retry_due_ms() const {
  int64_t due_ms = anteroom_.first_due_ms();
  for (const auto& listener : listeners_) {
    if (!listener->pending) continue;
    if (listener->look_back_ms != 0) {
      due_ms = std::min(due_ms, listener->look_back_ms);
    } else if (MayAccept(*listener)) {
      due_ms = std::min(due_ms, DueMs(*listener));
    }
  }
  return due_ms;
}

// From when on the listener may be asked for callers.
int64_t Acceptor::DueMs(const Listener& listener) const {
  const int64_t retry_ms = listener.pause_error == 0 ? 0 : listener.retry_ms;
  if (lines_.HasFreeLine() || listener.behind_proxy()) return retry_ms;
  return std::max(retry_ms, lines_.turn_away_due_ms());
}

bool Acceptor::IsDue(const Listener& listener, int64_t now_ms) const {
  return listener.pending && now_ms >= DueMs(listener);
}

}  // namespace switchboard
