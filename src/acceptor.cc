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

// While descriptors or memory are short, how soon accepting is tried again although no connection
// of this server has closed: another part of the program, or another process, may have freed some.
constexpr int64_t kRetryMs = 50;

}  // namespace

Acceptor::Acceptor(Config config, std::vector<std::unique_ptr<Listener>> listeners, Host& host,
                   ReactorCounters& counters, Log& log)
    : config_(config),
      listeners_(std::move(listeners)),
      host_(host),
      counters_(counters),
      log_(log) {}

void Acceptor::Register(sys::Epoll& epoll) {
  for (const auto& listener : listeners_) {
    const sys::Result added =
        epoll.Add(listener->fd(), EPOLLIN, static_cast<EventSource*>(listener.get()));
    if (!added) {
      throw std::runtime_error(
          sys::Refusal("cannot watch " + listener->address().ToString(), added.error));
    }
  }
}

void Acceptor::AcceptPending(int64_t now_ms) {
  reactor_thread_.Check();
  if (!HasWork(now_ms)) return;
  for (const auto& listener : listeners_) {
    for (int left = kRoundBudget; left > 0 && listener->pending && !full_; --left) {
      if (AcceptOne(*listener, now_ms) == Outcome::kNoResources) return;
    }
  }
}

Acceptor::Outcome Acceptor::AcceptOne(Listener& listener, int64_t now_ms) {
  const bool counted = live_ < config_.max_connections;
  if (!counted && !MayTurnAway(listener)) return Outcome::kStopped;
  const sys::Result accepted = sys::Accept(listener.fd());
  switch (accepted.error) {
    case 0:
      if (paused_) Resume();
      ++(counted ? live_ : turned_away_);
      host_.Admit(sys::Fd(static_cast<int>(accepted.value)), listener.route(), counted);
      return Outcome::kAccepted;
    case EAGAIN:
      listener.pending = false;
      return Outcome::kStopped;
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
      // The error is this caller's own, which is gone now, accept(2). The next one may be well.
      counters_.accept_failed.Add();
      return Outcome::kLost;
    default:
      // EMFILE, ENFILE, ENOBUFS, ENOMEM. accept(2) fails with these whether or not a caller waits,
      // as the kernel allocates the descriptor first. Without a caller there is nothing to pause.
      if (!paused_ && !sys::HasInput(listener.fd())) {
        listener.pending = false;
        return Outcome::kStopped;
      }
      Pause(accepted.error, now_ms);
      return Outcome::kNoResources;
  }
}

// At the limit: whether the next caller is to be accepted all the same and told "busy". If not, and
// callers do wait, the backlog keeps them until a place is free.
bool Acceptor::MayTurnAway(Listener& listener) {
  if (config_.when_full == WhenFull::kBusy && turned_away_ < kMaxTurnedAway) return true;
  listener.pending = sys::HasInput(listener.fd());
  if (!listener.pending) return false;
  full_ = true;
  counters_.held.Add();
  log_.WriteLimited(LogLevel::kWarn, "accept_paused reason=max_connections",
                    LogText() << "connections=" << live_);
  return false;
}

void Acceptor::Close() {
  reactor_thread_.Check();
  {
    MutexLock lock(closing_mutex_);
    overflows_at_close_ = SumOfDrops();
    listeners_.clear();
  }
  full_ = paused_ = false;
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

void Acceptor::OnClosed(bool counted) {
  reactor_thread_.Check();
  --(counted ? live_ : turned_away_);
  retry_ms_ = 0;
  if (!std::exchange(full_, false)) return;
  log_.WriteLimited(LogLevel::kWarn, "accept_resumed reason=max_connections",
                    LogText() << "connections=" << live_);
}

bool Acceptor::HasWork(int64_t now_ms) const {
  return AnyPending() && !full_ && (!paused_ || now_ms >= retry_ms_);
}

int64_t Acceptor::retry_due_ms() const {
  return paused_ && !full_ && AnyPending() ? retry_ms_ : kNever;
}

bool Acceptor::AnyPending() const {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [](const auto& listener) { return listener->pending; });
}

void Acceptor::Pause(int error, int64_t now_ms) {
  retry_ms_ = now_ms + kRetryMs;
  if (paused_) return;
  paused_ = true;
  counters_.accept_paused.Add();
  log_.WriteLimited(LogLevel::kWarn, LogText() << "accept_paused reason=" << sys::ErrorName(error),
                    LogText() << "connections=" << live_);
}

void Acceptor::Resume() {
  paused_ = false;
  log_.WriteLimited(LogLevel::kWarn, "accept_resumed reason=resources",
                    LogText() << "connections=" << live_);
}

}  // namespace switchboard
