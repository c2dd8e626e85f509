#include "src/reactor.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "src/linux/clock.h"
#include "src/linux/socket.h"

namespace switchboard {
namespace {

constexpr size_t kEventsPerRound = 512;
constexpr size_t kScratchBytes = 64 << 10;

// Takes less time than waking a thread.
constexpr size_t kShortRead = 4 << 10;

// How long a caller has to hang up after the server has, and to take what is still on its way.
constexpr int64_t kLingerMs = 2000;
constexpr int kMaxLingerExtensions = 30;

// PRI because a read stops at the urgent mark; RDHUP because a short read says nothing then.
constexpr uint32_t kWatched = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI;

uint32_t BitsOf(uint32_t events) {
  using State = ConnectionState;
  uint32_t bits = 0;
  if ((events & EPOLLIN) != 0) bits |= State::kReadable;
  if ((events & EPOLLOUT) != 0) bits |= State::kWritable;
  if ((events & EPOLLRDHUP) != 0) bits |= State::kReadable | State::kPeerClosed;
  if ((events & EPOLLPRI) != 0) bits |= State::kReadable | State::kUrgent;
  // Whoever reads or writes next is told what is wrong.
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    bits |= State::kReadable | State::kWritable | State::kPeerClosed;
  }
  return bits;
}

}  // namespace

Reactor::Reactor(Config config, std::vector<std::unique_ptr<Listener>> listeners,
                 const std::vector<std::unique_ptr<WorkerPool>>& pools, BufferPool& buffers,
                 ReadyList& ready, ReactorCounters& counters, Log& log)
    : config_(std::move(config)),
      pools_(pools),
      buffers_(buffers),
      ready_(ready),
      counters_(counters),
      log_(log),
      acceptor_(config_.accept, std::move(listeners), *this, counters, log),
      idle_(config_.idle_timeout_ms),
      stalled_(config_.write_timeout_ms > 0 ? config_.write_timeout_ms : config_.idle_timeout_ms),
      lingering_(kLingerMs),
      events_(kEventsPerRound),
      scratch_(kScratchBytes) {
  acceptor_.Register(epoll_);
  const sys::Result added =
      epoll_.Add(ready_.wake_fd(), EPOLLIN, static_cast<EventSource*>(&ready_));
  if (!added) {
    throw std::runtime_error(std::string("cannot watch an eventfd: ") + std::strerror(added.error));
  }
}

void Reactor::Stop() {
  stop_requested_.store(true, std::memory_order_release);
  ready_.Interrupt();
}

void Reactor::Run() {
  thread_ = std::this_thread::get_id();
  while (stage_ == Stage::kServing || open_ > 0) {
    const int64_t asked_ms = sys::NowMs();
    const size_t found = WaitForEvents();
    now_ms_ = sys::NowMs();
    lonely_ = found == 1;
    HandleEvents(found);
    HandleReady();
    HandleStop();
    // Nobody is late for a deadline whose events have not all been looked at since.
    if (found < kEventsPerRound) HandleDeadlines(asked_ms);
    HandleDrainDeadline();
    acceptor_.AcceptPending(now_ms_);
    for (const auto& pool : pools_) pool->Publish();
    table_.Reclaim();
  }
}

// Sleeps only if there is nothing left to do.
size_t Reactor::WaitForEvents() {
  if (!come_back_.empty() || acceptor_.HasWork(now_ms_)) return PollEvents(0);
  // With several pools, a busy one must not hold up the others.
  if (pools_.size() == 1 && pools_.front()->PauseWhileBusy()) return PollEvents(0);
  return PollEvents(ready_.PrepareToSleep() ? SleepMs() : 0);
}

size_t Reactor::PollEvents(int64_t timeout_ms) {
  const sys::Result found = epoll_.Wait(events_, static_cast<int>(timeout_ms));
  if (!found) {
    log_.Write(LogLevel::kError, "epoll_failed", std::strerror(found.error));
    std::abort();  // there is no set to wait on: nothing can be served any more
  }
  return static_cast<size_t>(found.value);
}

// Until the first deadline; -1 for ever.
int64_t Reactor::SleepMs() const {
  const int64_t due_ms =
      std::min({idle_.first_due_ms(), stalled_.first_due_ms(), lingering_.first_due_ms(),
                acceptor_.retry_due_ms(), drain_due_ms_});
  if (due_ms == kNever) return -1;
  constexpr int64_t kLongestMs = 1 << 30;
  return std::clamp<int64_t>(due_ms - sys::NowMs(), 0, kLongestMs);
}

void Reactor::HandleEvents(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    EventSource* const source = static_cast<EventSource*>(events_[i].data.ptr);
    switch (source->kind) {
      case EventSource::Kind::kConnection: {
        Connection& connection = static_cast<Connection&>(*source);
        if (!connection.closed() && connection.state.Note(BitsOf(events_[i].events))) {
          Turn(connection);
        }
        break;
      }
      case EventSource::Kind::kListener:
        static_cast<Listener&>(*source).pending = true;
        break;
      case EventSource::Kind::kWakeUp:
        break;
    }
  }
}

void Reactor::HandleReady() {
  ConnectionList ready = ready_.Take();
  ready.Append(come_back_);
  while (Connection* connection = ready.PopFront()) {
    connection->state.TakeBack();
    Turn(*connection);
  }
}

void Reactor::Turn(Connection& connection) {
  assert(InReactorThread());
  if (connection.broken()) return Close(connection, connection.close_reason());
  if (stage_ == Stage::kClosing) return Close(connection, CloseReason::kDrain);
  if (connection.lingering()) return Linger(connection);
  if (connection.next() == Next::kContinue) return Stream(connection);
  if (connection.has_unsent()) return AwaitRoom(connection);
  if (connection.next() == Next::kHangUp) return HangUp(connection, CloseReason::kServed);
  Listen(connection);
}

// The caller may have said something: a complete read goes to a worker.
void Reactor::Listen(Connection& connection) {
  const bool hang_up = connection.state.Has(ConnectionState::kHangUp);
  if (hang_up && connection.last_read_taken) return HangUp(connection, CloseReason::kDrain);
  if (!connection.state.Has(ConnectionState::kReadable | ConnectionState::kPeerClosed)) return;
  if (lonely_ && connection.used_bytes() <= kShortRead) connection.route().pool->WakeEarly();
  char* const buffer = buffers_.Acquire();
  if (buffer == nullptr) return CloseForMemory(connection);
  const size_t bytes = std::min(config_.read_bytes, connection.route().traits.max_read_bytes);
  const Connection::ReadOutcome outcome = connection.Read(buffer, bytes, counters_);
  if (outcome == Connection::ReadOutcome::kRequest) {
    connection.last_read_taken = hang_up;
    return Dispatch(connection);
  }
  buffers_.PutBack(buffer, 0);
  if (outcome == Connection::ReadOutcome::kEnd) return Close(connection, CloseReason::kPeer);
  if (outcome == Connection::ReadOutcome::kFailed) {
    return Close(connection, connection.close_reason());
  }
  if (hang_up) HangUp(connection, CloseReason::kDrain);
}

// A reply is under way: nothing is read before the caller has taken it.
void Reactor::AwaitRoom(Connection& connection) {
  if (connection.state.Has(ConnectionState::kWritable)) return Dispatch(connection);
  if (connection.deadlines == &stalled_) return;
  connection.kernel_unsent_bytes = static_cast<uint32_t>(sys::UnsentBytes(connection.fd()).value);
  stalled_.Set(connection, now_ms_);
}

// The service talks by itself: what the caller says is thrown away.
void Reactor::Stream(Connection& connection) {
  if (connection.state.Has(ConnectionState::kHangUp) && connection.owed_bytes() == 0) {
    return HangUp(connection, CloseReason::kDrain);
  }
  if (connection.state.Has(ConnectionState::kReadable)) {
    const Connection::ReadOutcome outcome = connection.Discard(scratch_, counters_);
    // A caller that has said all it had to say may still listen.
    if (outcome == Connection::ReadOutcome::kEnd) connection.state.Drained();
    if (outcome == Connection::ReadOutcome::kFailed) {
      return Close(connection, connection.close_reason());
    }
  }
  if (connection.has_unsent()) return AwaitRoom(connection);
  Dispatch(connection);
}

// The server has hung up and takes what still comes, as a close with unread input would reset the
// connection and destroy what is on its way to the caller.
void Reactor::Linger(Connection& connection) {
  if (connection.linger_over) return Close(connection, connection.close_reason());
  if (!connection.state.Has(ConnectionState::kReadable)) return;
  switch (connection.Discard(scratch_, counters_)) {
    case Connection::ReadOutcome::kNothing:
      return;
    case Connection::ReadOutcome::kRequest:
      return ComeBackTo(connection);
    case Connection::ReadOutcome::kEnd:
    case Connection::ReadOutcome::kFailed:
      return Close(connection, connection.close_reason());
  }
}

void Reactor::Dispatch(Connection& connection) {
  idle_.Set(connection, now_ms_);
  connection.state.GiveToWorker();
  connection.route().pool->Add(connection);
}

void Reactor::ComeBackTo(Connection& connection) {
  connection.state.GiveToWorker();
  come_back_.PushBack(&connection);
}

void Reactor::HangUp(Connection& connection, CloseReason reason) {
  Abandon(connection);
  connection.HangUp(reason);
  lingering_.Set(connection, now_ms_);
  Linger(connection);
}

void Reactor::Close(Connection& connection, CloseReason reason, bool reset) {
  assert(InReactorThread());
  LogClose(connection, reason);
  if (connection.counted) connection.route().service->OnClose(connection.service_state());
  DeadlineList::Cancel(connection);
  Abandon(connection);
  connection.Close(reset);
  table_.Bury(connection);
  --open_;
  if (connection.counted) counters_.closed[static_cast<int>(reason)].Add();
  acceptor_.OnClosed(connection.counted);
}

void Reactor::CloseForMemory(Connection& connection) {
  NoteNoMemory();
  Close(connection, CloseReason::kError);
}

void Reactor::NoteNoMemory() {
  counters_.no_memory.Add();
  log_.WriteLimited(LogLevel::kWarn, "no_memory", "connections=" + std::to_string(open_));
}

void Reactor::LogClose(const Connection& connection, CloseReason reason) {
  if (!log_.Wants(LogLevel::kDebug)) return;
  log_.Write(LogLevel::kDebug, "closed",
             std::string("reason=") + ToString(reason) +
                 " peer=" + sys::PeerAddress(connection.fd()).ToString() +
                 " lost=" + std::to_string(connection.owed_bytes()));
}

// Gives up what the caller has not been sent.
void Reactor::Abandon(Connection& connection) {
  counters_.bytes_lost.Add(connection.owed_bytes());
  connection.ReturnBuffer(buffers_);
}

void Reactor::Admit(sys::Fd fd, const Route& route, bool counted) {
  Connection* const made = table_.New(fd.get(), route);
  if (counted) counters_.accepted.Add();
  if (made == nullptr) {
    NoteNoMemory();
    if (counted) counters_.closed[static_cast<int>(CloseReason::kError)].Add();
    return acceptor_.OnClosed(counted);
  }
  Connection& connection = *made;
  fd.Release();
  connection.counted = counted;
  ++open_;
  const sys::Result added = epoll_.Add(connection.fd(), kWatched, static_cast<EventSource*>(made));
  if (!added) {
    counters_.register_failed.Add();
    log_.WriteLimited(LogLevel::kWarn, "register_failed",
                      std::string("error=") + strerrorname_np(added.error));
    return Close(connection, CloseReason::kError);
  }
  if (!counted) return TurnAway(connection);
  if (!route.traits.speaks_first) return idle_.Set(connection, now_ms_);
  char* const buffer = buffers_.Acquire();
  if (buffer == nullptr) return CloseForMemory(connection);
  connection.Open(buffer);
  Dispatch(connection);
}

void Reactor::TurnAway(Connection& connection) {
  counters_.rejected.Add();
  if (!config_.busy_text.empty()) {
    // A new connection has room for it, and a caller that is gone needs no answer.
    const sys::Result sent =
        sys::Send(connection.fd(), config_.busy_text.data(), config_.busy_text.size());
    if (sent) counters_.bytes_unsolicited.Add(static_cast<uint64_t>(sent.value));
  }
  HangUp(connection, CloseReason::kServed);
}

// What was due when the events of this round were asked for.
void Reactor::HandleDeadlines(int64_t due_ms) {
  while (Connection* connection = idle_.TakeDue(due_ms)) {
    // Not idle, if a worker has it.
    if (connection->state.Has(ConnectionState::kAtWorker)) {
      idle_.Set(*connection, now_ms_);
    } else {
      Close(*connection, CloseReason::kIdle);
    }
  }
  while (Connection* connection = stalled_.TakeDue(due_ms)) OnStalled(*connection);
  while (Connection* connection = lingering_.TakeDue(due_ms)) OnLingered(*connection);
}

void Reactor::HandleDrainDeadline() {
  if (now_ms_ < drain_due_ms_) return;
  drain_due_ms_ = kNever;
  stage_ = Stage::kClosing;
  table_.ForEach([this](Connection& connection) {
    if (!connection.state.Has(ConnectionState::kAtWorker)) Turn(connection);
  });
}

void Reactor::OnStalled(Connection& connection) {
  if (MadeProgress(connection)) return stalled_.Set(connection, now_ms_);
  if (config_.write_timeout_ms == 0) return Close(connection, CloseReason::kIdle, true);
  log_.WriteLimited(LogLevel::kWarn, "write_timeout",
                    "peer=" + sys::PeerAddress(connection.fd()).ToString() +
                        " lost=" + std::to_string(connection.owed_bytes()));
  Close(connection, CloseReason::kWriteTimeout, true);
}

void Reactor::OnLingered(Connection& connection) {
  // Closing now would take from the caller what is still on its way to it.
  if (connection.linger_extensions < kMaxLingerExtensions &&
      sys::UnsentBytes(connection.fd()).value > 0) {
    ++connection.linger_extensions;
    return lingering_.Set(connection, now_ms_);
  }
  // One that keeps talking is in come_back_, and closed when it comes out of it.
  connection.linger_over = true;
  if (!connection.state.Has(ConnectionState::kAtWorker)) Linger(connection);
}

// Whether the caller has taken anything of what the kernel holds for it since the last look.
bool Reactor::MadeProgress(Connection& connection) {
  const auto unsent = static_cast<uint32_t>(sys::UnsentBytes(connection.fd()).value);
  const uint32_t before = std::exchange(connection.kernel_unsent_bytes, unsent);
  return unsent < before;
}

void Reactor::HandleStop() {
  if (stage_ != Stage::kServing || !stop_requested_.load(std::memory_order_acquire)) return;
  stage_ = Stage::kDraining;
  drain_due_ms_ = now_ms_ + config_.drain_timeout_ms;
  log_.Write(LogLevel::kInfo, "drain_begin", "connections=" + std::to_string(open_));
  acceptor_.Close();
  table_.ForEach([this](Connection& connection) {
    // One more read: what has come in until now is answered.
    constexpr uint32_t kLastTurn = ConnectionState::kHangUp | ConnectionState::kReadable;
    if (connection.state.Note(kLastTurn)) Turn(connection);
  });
}

}  // namespace switchboard
