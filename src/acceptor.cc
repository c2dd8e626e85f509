#include "src/acceptor.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "src/deadlines.h"
#include "src/linux/socket.h"
#include "src/linux/way_out.h"

namespace switchboard {
namespace {

// Callers that are told "busy" at the same time; the others wait in the backlog for their turn.
constexpr int64_t kMaxTurnedAway = 256;

// How many are accepted in a period only to be told so.
constexpr int kMostTurnedAwayInPeriod = 32;
constexpr int64_t kPeriodMs = 10;

// At the limit, a listener behind a proxy accepts as long as there are not so many who wait for
// their header to be whole or for a place; and how many of these may wait for a place. That leaves
// room for as many proxies that see whether somebody answers, and for these on the line.
constexpr int64_t kMostGuestsAtLimit = 256;
constexpr size_t kMostCallersHeld = 128;
constexpr int64_t kMostChecks = 128;

// Accepts in a row that may each fail because of a single caller, before that is not believed.
constexpr int kMostFailuresInRow = 8;

// While accepting is paused, how soon it is tried again although no connection of this server has
// closed: another part of the program, or another process, may have freed a descriptor or memory.
constexpr int64_t kRetryMs = 50;

}  // namespace

Acceptor::Acceptor(Config config, std::vector<std::unique_ptr<Listener>> listeners, Host& host,
                   sys::Epoll& epoll, ReactorCounters& counters, Log& log)
    : config_(std::move(config)),
      listeners_(std::move(listeners)),
      host_(host),
      counters_(counters),
      log_(log),
      epoll_(epoll),
      anteroom_(config_.proxy, epoll, counters, log),
      host_limit_(config_.max_per_address) {}

void Acceptor::Register() {
  for (uint32_t slot = 0; slot < listeners_.size(); ++slot) {
    const Listener& listener = *listeners_[slot];
    const EventSource source{.slot = slot, .kind = EventSource::Kind::kListener};
    // One caller wakes one process.
    const uint32_t events = config_.colleagues == nullptr ? EPOLLIN : EPOLLIN | EPOLLEXCLUSIVE;
    const sys::Result added = epoll_.Add(listener.fd(), events, source.ToData());
    if (!added) {
      throw std::runtime_error(
          sys::Refusal("cannot watch " + listener.address().ToString(), added.error));
    }
  }
  if (config_.colleagues != nullptr) config_.colleagues->own().has_room = has_room_;
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
  NoteRoom();
}

// Whether there was anybody.
bool Acceptor::AcceptFrom(Listener& listener, int64_t now_ms) {
  if (!listener.pending || !MayLook(listener, now_ms)) return false;
  const int budget = BudgetFor(listener, now_ms);
  int left = budget;
  while (left > 0 && MayAccept(listener) && IsDue(listener, now_ms)) {
    if (AcceptOne(listener, now_ms) == Outcome::kStopped) break;
    --left;
  }
  if (config_.colleagues != nullptr && listener.pending && !closing_) {
    const bool goes_on = budget == kRoundBudget && MayAccept(listener) && IsDue(listener, now_ms);
    if (!goes_on) HandOver(listener, now_ms);
  }
  return left < budget;
}

// The header of a proxy must be read before anybody knows whether a place is needed.
bool Acceptor::MayAccept(const Listener& listener) const {
  if (!listener.behind_proxy()) return !full_;
  return static_cast<int64_t>(anteroom_.guests()) < std::max(kMostGuestsAtLimit, Room());
}

Acceptor::Outcome Acceptor::AcceptOne(Listener& listener, int64_t now_ms) {
  const bool needs_line = !listener.behind_proxy();
  const Line line = needs_line ? ClaimLine() : Line::kGranted;
  if (line != Line::kGranted && !MayAcceptWithout(line, listener)) return Outcome::kStopped;
  sys::Address peer;
  const sys::Result accepted = sys::Accept(listener.fd(), &peer);
  const bool counted = line == Line::kGranted;
  if (accepted) {
    return OnAccepted(listener, sys::Fd(static_cast<int>(accepted.value)), peer, counted, now_ms);
  }
  const Outcome outcome = OnNobody(listener, accepted.error, now_ms);
  if (needs_line && counted) GiveBackLine();
  return outcome;
}

// Of the next caller of `listener`, for whom there is no line: whether to accept it all the same
// and to tell it "busy". If callers do wait, the backlog keeps them until a place is free.
bool Acceptor::MayAcceptWithout(Line line, Listener& listener) {
  if (IsForAnother()) return false;
  if (line == Line::kAwaited) {
    // One that is about to close its listeners is not poked in time.
    listener.pending = closing_ && sys::MayHaveInput(listener.fd());
    return false;
  }
  if (MayTurnAway()) return true;
  listener.pending = sys::MayHaveInput(listener.fd());
  if (listener.pending) NoteFull();
  return false;
}

// accept(2) has failed.
Acceptor::Outcome Acceptor::OnNobody(Listener& listener, int error, int64_t now_ms) {
  switch (error) {
    case EAGAIN:
      listener.pending = false;
      listener.look_back_ms = 0;
      return Outcome::kStopped;
    case EINVAL:
      // Another process has ended listening for all.
      if (config_.colleagues == nullptr) return OnFailed(listener, error, now_ms);
      listener.pending = false;
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
                                       bool counted, int64_t now_ms) {
  listener.failures_in_row = 0;
  if (listener.pause_error != 0) Resume(listener);
  if (!listener.Prepare(fd.get())) {
    counters_.accept_failed.Add();
    if (counted && !listener.behind_proxy()) GiveBackLine();
    return Outcome::kLost;
  }
  if (listener.behind_proxy()) {
    anteroom_.Enter(std::move(fd), listener, peer, now_ms);
    return Outcome::kAccepted;
  }
  const Place place{.standing = counted ? Standing::kCaller : Standing::kTurnedAway};
  if (!counted) CountTurnedAway(now_ms);
  return LetIn(std::move(fd), listener, place, peer, false);
}

Acceptor::Outcome Acceptor::LetIn(sys::Fd fd, const Listener& listener, Place place,
                                  const sys::Address& caller, bool named) {
  if (place.standing == Standing::kCaller && !EnterHost(caller, place)) return Outcome::kLost;
  if (place.standing == Standing::kTurnedAway) {
    counters_.rejected.Add();
    // One host's callers are not left in the backlog, where they would be in the way of others. If
    // there are too many to be told "busy", this one hears nothing.
    if (On(Standing::kTurnedAway) >= kMaxTurnedAway) return Outcome::kLost;
  }
  if (place.standing == Standing::kCaller) UseLine();
  ++On(place.standing);
  host_.Admit(std::move(fd), listener, place, named ? &caller : nullptr);
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
    const bool room = On(Standing::kCheck) < kMostChecks;
    LetIn(anteroom_.TakeCheck(), room ? Standing::kCheck : Standing::kTurnedAway);
  }
  while (anteroom_.callers() > 0) {
    const Line line = ClaimLine();
    if (line == Line::kGranted) {
      LetIn(anteroom_.TakeFirstCaller(), Standing::kCaller);
    } else if (line == Line::kAwaited) {
      return;
    } else if (MayTurnAway() || anteroom_.callers() > kMostCallersHeld) {
      LetIn(anteroom_.TakeLastCaller(), Standing::kTurnedAway);
    } else {
      return NoteFull();
    }
  }
}

// Counts a caller among those of its host, and takes its place from it if they are too many. False
// if there is no memory for that.
bool Acceptor::EnterHost(const sys::Address& peer, Place& place) {
  switch (host_limit_.Enter(peer, place.host)) {
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
                        LogText() << "connections=" << On(Standing::kCaller));
      return false;
  }
  return true;
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
  listener.pending = listener.pause_error != 0 || sys::MayHaveInput(listener.fd());
  if (listener.pending) Pause(listener, error, now_ms);
  return Outcome::kStopped;
}

// At the limit: whether the next caller is to be accepted all the same and told "busy".
bool Acceptor::MayTurnAway() const {
  return config_.when_full == WhenFull::kBusy && On(Standing::kTurnedAway) < kMaxTurnedAway;
}

void Acceptor::CountTurnedAway(int64_t now_ms) {
  if (now_ms >= period_ends_ms_) {
    turned_away_in_period_ = 0;
    period_ends_ms_ = now_ms + kPeriodMs;
  }
  ++turned_away_in_period_;
}

// At the limit, and callers wait.
void Acceptor::NoteFull() {
  if (std::exchange(full_, true)) return;
  NotePaused();
  counters_.held.Add();
  log_.WriteLimited(LogLevel::kWarn, "accept_paused reason=max_connections",
                    LogText() << "connections=" << On(Standing::kCaller));
}

void Acceptor::BeginClosing() {
  reactor_thread_.Check();
  closing_ = true;
  for (const auto& listener : listeners_) {
    listener->pending = !listener->adopted();  // whether epoll has reported anybody or not
    listener->look_back_ms = 0;
    if (listener->adopted()) (void)epoll_.Remove(listener->fd());
  }
  LeaveToOthers();
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
  const bool all_stop = config_.colleagues != nullptr && config_.colleagues->AllStop();
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
  LeaveToOthers();
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
  --On(place.standing);
  host_limit_.Leave(place.host);
  if (place.standing == Standing::kCaller) FreeLine();
  for (const auto& listener : listeners_) listener->retry_ms = 0;
  if (full_) EndFull();
  NoteRoom();
}

void Acceptor::EndFull() {
  full_ = false;
  NotePaused();
  log_.WriteLimited(LogLevel::kWarn, "accept_resumed reason=max_connections",
                    LogText() << "connections=" << On(Standing::kCaller));
}

bool Acceptor::HasWork(int64_t now_ms) const {
  if (anteroom_.callers() > 0 && HasRoom()) return true;
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
  if (HasRoom() || listener.behind_proxy()) return retry_ms;
  return turned_away_in_period_ < kMostTurnedAwayInPeriod ? retry_ms
                                                          : std::max(retry_ms, period_ends_ms_);
}

bool Acceptor::IsDue(const Listener& listener, int64_t now_ms) const {
  return listener.pending && now_ms >= DueMs(listener);
}

void Acceptor::Pause(Listener& listener, int error, int64_t now_ms) {
  listener.retry_ms = now_ms + kRetryMs;
  if (std::exchange(listener.pause_error, error) != 0) return;
  NotePaused();
  counters_.accept_paused.Add();
  if (error == EMFILE || error == ENFILE) counters_.paused_descriptors.Add();
  if (error == ENOBUFS || error == ENOMEM) counters_.paused_memory.Add();
  log_.WriteLimited(LogLevel::kWarn, LogText() << "accept_paused reason=" << sys::ErrorName(error),
                    LogText() << "at=" << listener.address().ToText()
                              << " connections=" << On(Standing::kCaller));
}

void Acceptor::Resume(Listener& listener) {
  const int error = std::exchange(listener.pause_error, 0);
  NotePaused();
  log_.WriteLimited(LogLevel::kWarn, LogText() << "accept_resumed reason=" << sys::ErrorName(error),
                    LogText() << "at=" << listener.address().ToText()
                              << " connections=" << On(Standing::kCaller));
}

void Acceptor::NotePaused() {
  const bool failing = std::ranges::any_of(
      listeners_, [](const auto& listener) { return listener->pause_error != 0; });
  counters_.lacks_room.store(full_ || failing, std::memory_order_relaxed);
}

}  // namespace switchboard
