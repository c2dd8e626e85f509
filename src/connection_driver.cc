#include "src/connection_driver.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "src/linux/fork.h"
#include "src/linux/socket.h"
#include "src/linux/way_out.h"
#include "src/worker_pool.h"

namespace switchboard {
namespace {

constexpr size_t kScratchBytes = 64 << 10;

// A read of at most this takes less time than waking a thread.
constexpr size_t kShortRead = 4 << 10;

// How long a caller has to hang up after the server has, and to take what is still on its way.
constexpr int64_t kLingerMs = 2000;
constexpr int kMaxLingerExtensions = 30;

// Urgent data (PRI) and the end of stream (RDHUP) are asked for because with either of them a short
// read does not mean that everything has been read.
constexpr uint32_t kWatched = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI;

uint32_t BitsOf(uint32_t events) {
  using State = ConnectionState;
  uint32_t bits = 0;
  if ((events & EPOLLIN) != 0) bits |= State::kReadable;
  if ((events & EPOLLOUT) != 0) bits |= State::kWritable;
  if ((events & EPOLLRDHUP) != 0) bits |= State::kReadable | State::kPeerClosed;
  if ((events & EPOLLPRI) != 0) bits |= State::kReadable | State::kUrgent;
  // The error itself is what the next read or send returns.
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    bits |= State::kReadable | State::kWritable | State::kPeerClosed;
  }
  return bits;
}

}  // namespace

ConnectionDriver::ConnectionDriver(Config config, Acceptor& acceptor, sys::Epoll& epoll,
                                   BufferPool& buffers, ReactorCounters& counters, Log& log)
    : config_(std::move(config)),
      acceptor_(acceptor),
      epoll_(epoll),
      buffers_(buffers),
      counters_(counters),
      log_(log),
      idle_(config_.idle_timeout_ms),
      stalled_(config_.write_timeout_ms > 0 ? config_.write_timeout_ms : config_.idle_timeout_ms),
      lingering_(kLingerMs),
      scratch_(kScratchBytes) {}

void ConnectionDriver::BeginRound(int64_t now_ms, bool lonely) {
  reactor_thread_.Check();
  now_ms_ = now_ms;
  lonely_ = lonely;
}

void ConnectionDriver::HandleEvent(const EventSource& source, uint32_t events) {
  reactor_thread_.Check();
  Connection* const connection = table_.Find(source);
  if (connection != nullptr && connection->state.Note(BitsOf(events))) Turn(*connection);
}

void ConnectionDriver::HandleGivenBack(ConnectionList given_back) {
  reactor_thread_.Check();
  given_back.Append(next_round_);
  while (Connection* connection = given_back.PopFront()) {
    connection->state.TakeBack();
    Turn(*connection);
  }
}

void ConnectionDriver::Turn(Connection& connection) {
  if (connection.broken()) return Close(connection, connection.close_reason());
  if (closing_) return Close(connection, CloseReason::kDrain);
  if (connection.lingering()) return Linger(connection);
  if (connection.next() == Next::kContinue) return Stream(connection);
  if (connection.has_unsent()) return AwaitRoom(connection);
  if (connection.next() == Next::kHangUp) return HangUp(connection, CloseReason::kServed);
  ReadRequest(connection);
}

// The caller may have said something: a complete read goes to a worker.
void ConnectionDriver::ReadRequest(Connection& connection) {
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

void ConnectionDriver::Dispatch(Connection& connection) {
  idle_.Set(connection, now_ms_);
  connection.state.Schedule();
  connection.route().pool->Add(connection);
}

// A reply is under way: nothing is read before the caller has taken it.
void ConnectionDriver::AwaitRoom(Connection& connection) {
  if (connection.state.Has(ConnectionState::kWritable)) return Dispatch(connection);
  if (connection.deadlines == &stalled_) return;
  connection.kernel_unsent_bytes = static_cast<uint32_t>(sys::UnsentBytes(connection.fd()).value);
  stalled_.Set(connection, now_ms_);
}

// The service talks by itself: what the caller says is thrown away.
void ConnectionDriver::Stream(Connection& connection) {
  if (connection.state.Has(ConnectionState::kHangUp) && connection.owed_bytes() == 0) {
    return HangUp(connection, CloseReason::kDrain);
  }
  if (connection.state.Has(ConnectionState::kReadable)) {
    const Connection::ReadOutcome outcome = connection.Discard(scratch_, counters_);
    // The end of what the caller says: it may still want to hear the service.
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
void ConnectionDriver::Linger(Connection& connection) {
  if (connection.linger_over) return Close(connection, connection.close_reason());
  if (!connection.state.Has(ConnectionState::kReadable)) return;
  switch (connection.Discard(scratch_, counters_)) {
    case Connection::ReadOutcome::kNothing:
      return;
    case Connection::ReadOutcome::kRequest:
      return ContinueNextRound(connection);
    case Connection::ReadOutcome::kEnd:
    case Connection::ReadOutcome::kFailed:
      return Close(connection, connection.close_reason());
  }
}

// The other callers have their turn before a connection that has spent its budget goes on. Epoll
// does not report again what was left unread, so it is put down for the next round here.
void ConnectionDriver::ContinueNextRound(Connection& connection) {
  connection.state.Schedule();
  next_round_.PushBack(&connection);
}

void ConnectionDriver::HangUp(Connection& connection, CloseReason reason) {
  Abandon(connection);
  connection.HangUp(reason);
  lingering_.Set(connection, now_ms_);
  Linger(connection);
}

void ConnectionDriver::Close(Connection& connection, CloseReason reason, bool reset) {
  LogClose(connection, reason);
  TellService(connection);
  DeadlineList::Cancel(connection);
  Abandon(connection);
  if (sys::HasForked()) (void)epoll_.Remove(connection.fd());
  connection.Close(reset);
  table_.Free(connection);
  --open_;
  if (connection.counted) counters_.closed_by_reason[static_cast<int>(reason)].Add();
  acceptor_.OnClosed({connection.counted, connection.host});
}

// An exception of the service ends the program here as in a worker, whatever the caller of
// Server::Run catches.
void ConnectionDriver::TellService(const Connection& connection) noexcept {
  if (connection.counted) connection.route().service->OnClose(connection.service_state());
}

void ConnectionDriver::CloseForMemory(Connection& connection) {
  NoteNoMemory();
  Close(connection, CloseReason::kError);
}

// Gives up what the caller has not been sent.
void ConnectionDriver::Abandon(Connection& connection) {
  counters_.bytes_lost.Add(connection.owed_bytes());
  connection.ReturnBuffer(buffers_);
}

void ConnectionDriver::Admit(sys::Fd fd, const Listener& listener, const Place& place) {
  reactor_thread_.Check();
  Connection* const made = table_.New(fd.get(), listener.route(), listener.is_unix());
  if (place.counted) counters_.accepted.Add();
  if (made == nullptr) {
    NoteNoMemory();
    if (place.counted) counters_.closed_by_reason[static_cast<int>(CloseReason::kError)].Add();
    return acceptor_.OnClosed(place);
  }
  Connection& connection = *made;
  fd.Release();
  connection.counted = place.counted;
  connection.host = place.host;
  ++open_;
  const sys::Result added = epoll_.Add(connection.fd(), kWatched, made->source.ToData());
  if (!added) {
    counters_.register_failed.Add();
    log_.WriteLimited(LogLevel::kWarn, "register_failed",
                      LogText() << "error=" << sys::ErrorName(added.error));
    return Close(connection, CloseReason::kError);
  }
  if (!place.counted) return TurnAway(connection);
  if (!connection.route().traits.speaks_first) return idle_.Set(connection, now_ms_);
  char* const buffer = buffers_.Acquire();
  if (buffer == nullptr) return CloseForMemory(connection);
  connection.Open(buffer);
  Dispatch(connection);
}

void ConnectionDriver::TurnAway(Connection& connection) {
  if (!config_.busy_text.empty()) {
    // One send is enough: the socket of a new connection has room for it, and a send that fails
    // means that the caller is gone.
    const sys::Result sent =
        sys::Send(connection.fd(), config_.busy_text.data(), config_.busy_text.size());
    if (sent) counters_.bytes_unsolicited.Add(static_cast<uint64_t>(sent.value));
  }
  HangUp(connection, CloseReason::kServed);
}

int64_t ConnectionDriver::first_due_ms() const {
  return std::min({idle_.first_due_ms(), stalled_.first_due_ms(), lingering_.first_due_ms()});
}

void ConnectionDriver::HandleDeadlines(int64_t due_ms) {
  reactor_thread_.Check();
  while (Connection* connection = idle_.TakeDue(due_ms)) {
    // It is not idle if a worker has it, or it waits for its turn.
    if (connection->state.Has(ConnectionState::kScheduled)) {
      idle_.Set(*connection, now_ms_);
    } else {
      Close(*connection, CloseReason::kIdle);
    }
  }
  while (Connection* connection = stalled_.TakeDue(due_ms)) OnStalled(*connection);
  while (Connection* connection = lingering_.TakeDue(due_ms)) OnLingered(*connection);
}

void ConnectionDriver::OnStalled(Connection& connection) {
  if (MadeProgress(connection)) return stalled_.Set(connection, now_ms_);
  if (config_.write_timeout_ms == 0) return Close(connection, CloseReason::kIdle, true);
  log_.WriteLimited(LogLevel::kWarn, "write_timeout",
                    LogText() << "peer=" << sys::PeerAddress(connection.fd()).ToText()
                              << " lost=" << connection.owed_bytes());
  Close(connection, CloseReason::kWriteTimeout, true);
}

void ConnectionDriver::OnLingered(Connection& connection) {
  // Closing now would take from the caller what is still on its way to it.
  if (connection.linger_extensions < kMaxLingerExtensions &&
      sys::UnsentBytes(connection.fd()).value > 0) {
    ++connection.linger_extensions;
    return lingering_.Set(connection, now_ms_);
  }
  // One that waits for the next round, because its caller keeps talking, is closed in that round.
  connection.linger_over = true;
  if (!connection.state.Has(ConnectionState::kScheduled)) Linger(connection);
}

// Whether the caller has taken anything of what the kernel holds for it since the last look.
bool ConnectionDriver::MadeProgress(Connection& connection) {
  const auto unsent = static_cast<uint32_t>(sys::UnsentBytes(connection.fd()).value);
  const uint32_t before = std::exchange(connection.kernel_unsent_bytes, unsent);
  return unsent < before;
}

void ConnectionDriver::BeginDrain() {
  reactor_thread_.Check();
  table_.ForEach([this](Connection& connection) {
    // kReadable grants one more read, so that what has come in until now is answered.
    constexpr uint32_t kLastTurn = ConnectionState::kHangUp | ConnectionState::kReadable;
    if (connection.state.Note(kLastTurn)) Turn(connection);
  });
}

void ConnectionDriver::CloseAll() {
  reactor_thread_.Check();
  closing_ = true;
  table_.ForEach([this](Connection& connection) {
    if (!connection.state.Has(ConnectionState::kScheduled)) Turn(connection);
  });
}

void ConnectionDriver::NoteNoMemory() {
  counters_.no_memory.Add();
  log_.WriteLimited(LogLevel::kWarn, "no_memory", LogText() << "connections=" << open_);
}

void ConnectionDriver::LogClose(const Connection& connection, CloseReason reason) {
  if (!log_.Wants(LogLevel::kDebug)) return;
  log_.Write(LogLevel::kDebug, "closed",
             LogText() << "reason=" << ToString(reason)
                       << " peer=" << sys::PeerAddress(connection.fd()).ToText()
                       << " lost=" << connection.owed_bytes());
}

}  // namespace switchboard
