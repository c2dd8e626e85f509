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

// Callers accepted from one listener in a round, so that those already connected have their turn.
constexpr int kRoundBudget = 64;

// Callers that are told "busy" at the same time; the others wait in the backlog for their turn.
constexpr int64_t kMaxTurnedAway = 256;

// Accepts in a row that may each fail because of a single caller, before that is not believed.
constexpr int kMostFailuresInRow = 8;

// While accepting is paused, how soon it is tried again although no connection of this server has
// closed: another part of the program, or another process, may have freed a descriptor or memory.
constexpr int64_t kRetryMs = 50;

}  // namespace

Acceptor::Acceptor(Config config, std::vector<std::unique_ptr<Listener>> listeners, Host& host,
                   ReactorCounters& counters, Log& log)
    : config_(config),
      listeners_(std::move(listeners)),
      host_(host),
      counters_(counters),
      log_(log),
      host_limit_(config.max_per_address) {}

void Acceptor::Register(sys::Epoll& epoll) {
  for (uint32_t slot = 0; slot < listeners_.size(); ++slot) {
    const Listener& listener = *listeners_[slot];
    const EventSource source{EventSource::Kind::kListener, slot};
    const sys::Result added = epoll.Add(listener.fd(), EPOLLIN, source.ToData());
    if (!added) {
      throw std::runtime_error(
          sys::Refusal("cannot watch " + listener.address().ToString(), added.error));
    }
  }
}

void Acceptor::HandleEvent(const EventSource& source) {
  reactor_thread_.Check();
  if (source.slot < listeners_.size()) listeners_[source.slot]->pending = true;
}

void Acceptor::AcceptPending(int64_t now_ms) {
  reactor_thread_.Check();
  for (const auto& listener : listeners_) {
    for (int left = kRoundBudget; left > 0 && !full_ && IsDue(*listener, now_ms); --left) {
      if (AcceptOne(*listener, now_ms) == Outcome::kStopped) break;
    }
  }
}

Acceptor::Outcome Acceptor::AcceptOne(Listener& listener, int64_t now_ms) {
  const bool counted = live_ < config_.max_connections;
  if (!counted && !MayTurnAway(listener)) return Outcome::kStopped;
  sys::Address peer;
  const sys::Result accepted = sys::Accept(listener.fd(), &peer);
  switch (accepted.error) {
    case 0:
      return OnAccepted(listener, sys::Fd(static_cast<int>(accepted.value)), peer, counted);
    case EAGAIN:
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
      return OnLost(listener, accepted.error, now_ms);
    default:
      return OnFailed(listener, accepted.error, now_ms);
  }
}

Acceptor::Outcome Acceptor::OnAccepted(Listener& listener, sys::Fd fd, const sys::Address& peer,
                                       bool counted) {
  listener.failures_in_row = 0;
  if (listener.pause_error != 0) Resume(listener);
  if (!listener.Prepare(fd.get())) {
    counters_.accept_failed.Add();
    return Outcome::kLost;
  }
  Place place{.counted = counted};
  if (counted && !EnterHost(peer, place)) return Outcome::kLost;
  if (!place.counted) {
    counters_.rejected.Add();
    // One host's callers are not left in the backlog, where they would be in the way of others. If
    // there are too many to be told "busy", this one hears nothing.
    if (turned_away_ >= kMaxTurnedAway) return Outcome::kLost;
  }
  ++(place.counted ? live_ : turned_away_);
  host_.Admit(std::move(fd), listener, place);
  return Outcome::kAccepted;
}

// Counts a caller among those of its host, and takes its place from it if they are too many. False
// if there is no memory for that.
bool Acceptor::EnterHost(const sys::Address& peer, Place& place) {
  switch (host_limit_.Enter(peer, place.host)) {
    case HostLimit::Entry::kEntered:
      break;
    case HostLimit::Entry::kFull:
      place.counted = false;
      counters_.rejected_by_address.Add();
      log_.WriteLimited(LogLevel::kWarn, "rejected reason=max_per_address",
                        LogText() << "peer=" << peer.ToText());
      break;
    case HostLimit::Entry::kNoMemory:
      counters_.no_memory.Add();
      log_.WriteLimited(LogLevel::kWarn, "no_memory", LogText() << "connections=" << live_);
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

// At the limit: whether the next caller is to be accepted all the same and told "busy". If not, and
// callers do wait, the backlog keeps them until a place is free.
bool Acceptor::MayTurnAway(Listener& listener) {
  if (config_.when_full == WhenFull::kBusy && turned_away_ < kMaxTurnedAway) return true;
  listener.pending = sys::MayHaveInput(listener.fd());
  if (!listener.pending) return false;
  full_ = true;
  counters_.held.Add();
  log_.WriteLimited(LogLevel::kWarn, "accept_paused reason=max_connections",
                    LogText() << "connections=" << live_);
  return false;
}

void Acceptor::Close(sys::Epoll& epoll) {
  reactor_thread_.Check();
  for (const auto& listener : listeners_) (void)epoll.Remove(listener->fd());
  {
    MutexLock lock(closing_mutex_);
    overflows_at_close_ = SumOfDrops();
    listeners_.clear();
  }
  full_ = false;
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
  --(place.counted ? live_ : turned_away_);
  host_limit_.Leave(place.host);
  for (const auto& listener : listeners_) listener->retry_ms = 0;
  if (!std::exchange(full_, false)) return;
  log_.WriteLimited(LogLevel::kWarn, "accept_resumed reason=max_connections",
                    LogText() << "connections=" << live_);
}

bool Acceptor::HasWork(int64_t now_ms) const {
  return !full_ && std::any_of(listeners_.begin(), listeners_.end(),
                               [now_ms](const auto& listener) { return IsDue(*listener, now_ms); });
}

int64_t Acceptor::retry_due_ms() const {
  int64_t due_ms = kNever;
  if (full_) return due_ms;
  for (const auto& listener : listeners_) {
    if (listener->pending) due_ms = std::min(due_ms, listener->retry_ms);
  }
  return due_ms;
}

bool Acceptor::IsDue(const Listener& listener, int64_t now_ms) {
  return listener.pending && (listener.pause_error == 0 || now_ms >= listener.retry_ms);
}

void Acceptor::Pause(Listener& listener, int error, int64_t now_ms) {
  listener.retry_ms = now_ms + kRetryMs;
  if (std::exchange(listener.pause_error, error) != 0) return;
  counters_.accept_paused.Add();
  log_.WriteLimited(LogLevel::kWarn, LogText() << "accept_paused reason=" << sys::ErrorName(error),
                    LogText() << "at=" << listener.address().ToText() << " connections=" << live_);
}

void Acceptor::Resume(Listener& listener) {
  const int error = std::exchange(listener.pause_error, 0);
  log_.WriteLimited(LogLevel::kWarn, LogText() << "accept_resumed reason=" << sys::ErrorName(error),
                    LogText() << "at=" << listener.address().ToText() << " connections=" << live_);
}

}  // namespace switchboard
