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
  if ((events & EPOLLERR) != 0) bits |= State::kReset;
  return bits;
}

bool IsTurnedAway(const Connection& connection) {
  return connection.standing == Standing::kTurnedAway;
}

}  // namespace

ConnectionDriver::ConnectionDriver(Config config, Acceptor& acceptor, sys::Epoll& epoll,
                                   BufferPool& buffers, CallerAddresses& callers,
                                   SpeakerCounters& speakers, Log& log)
    : config_(std::move(config)),
      acceptor_(acceptor),
      epoll_(epoll),
      buffers_(buffers),
      callers_(callers),
      log_(log),
      scratch_(kScratchBytes),
      talk_(speakers) {
  SetDelays();
}

void ConnectionDriver::BeginRound(int64_t now_ms) {
  reactor_thread_.Check();
  now_ms_ = now_ms;
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
  if (connection.broken()) return CutOff(connection, connection.close_reason());
  if (connection.lingering()) return Linger(connection);
  if (closing_) return CutOff(connection, CloseReason::kDrain);
  if (connection.next() == Next::kContinue) return Stream(connection);
  if (connection.has_unsent()) return AwaitRoom(connection);
  if (connection.next() == Next::kHangUp) return HangUp(connection, CloseReason::kServed);
  ReadRequest(connection);
}

// The caller may have said something: a complete read goes to a worker.
void ConnectionDriver::ReadRequest(Connection& connection) {
  const bool is_last = connection.state.Has(ConnectionState::kLastTurn);
  if (is_last && connection.drain_bytes == 0) return HangUp(connection, CloseReason::kDrain);
  if (!connection.state.Has(ConnectionState::kReadable | ConnectionState::kPeerClosed)) return;
  char* const buffer = buffers_.Acquire();
  if (buffer == nullptr) return HangUpForMemory(connection);
  const size_t bytes = std::min(config_.read_bytes, connection.route().traits.max_read_bytes);
  const Connection::ReadOutcome outcome = connection.Read(buffer, bytes);
  if (outcome == Connection::ReadOutcome::kRequest) {
    talk_.Note(connection.spoke_second, now_ms_);
    connection.drain_bytes -= std::min(connection.drain_bytes, connection.owed_bytes());
    return Dispatch(connection);
  }
  buffers_.PutBack(buffer, 0);
  if (outcome == Connection::ReadOutcome::kEnd) return Close(connection, CloseReason::kPeer);
  if (outcome == Connection::ReadOutcome::kFailed) {
    return CutOff(connection, connection.close_reason());
  }
  if (is_last) HangUp(connection, CloseReason::kDrain);
}

void ConnectionDriver::Dispatch(Connection& connection) {
  NoteMoved(connection);
  EndStall(connection);
  SetDeadline(connection, DeadlineKind::kAnswering);
  connection.state.Schedule();
  connection.route().pool->Add(connection);
}

// A reply is under way: nothing is read before the caller has taken it.
void ConnectionDriver::AwaitRoom(Connection& connection) {
  if (connection.state.Has(ConnectionState::kWritable)) return Dispatch(connection);
  if (connection.stalled) return;
  connection.stalled = true;
  connection.route().counters->stalled.Add();
  connection.unacked_bytes = connection.UnackedBytes();
  SetDeadline(connection, DeadlineKind::kStalled);
}

// The service talks by itself: what the caller says is thrown away.
void ConnectionDriver::Stream(Connection& connection) {
  if (connection.state.Has(ConnectionState::kLastTurn) && connection.owed_bytes() == 0) {
    return HangUp(connection, CloseReason::kDrain);
  }
  if (connection.state.Has(ConnectionState::kReadable)) {
    const Connection::ReadOutcome outcome = connection.Discard(scratch_);
    // The end of what the caller says: it may still want to hear the service.
    if (outcome == Connection::ReadOutcome::kEnd) connection.state.Drained();
    if (outcome == Connection::ReadOutcome::kFailed) {
      return CutOff(connection, connection.close_reason());
    }
    // Who talks is not idle; but who does not read keeps to the write timeout, whatever it says.
    if (config_.write_timeout_ms == 0) connection.quiet_looks = 0;
  }
  if (connection.has_unsent()) return AwaitRoom(connection);
  Dispatch(connection);
}

// The server has hung up and takes what still comes, as a close with unread input would reset the
// connection and destroy what is on its way to the caller.
void ConnectionDriver::Linger(Connection& connection) {
  if (connection.linger_over || closing_) return EndLingering(connection);
  if (!connection.state.Has(ConnectionState::kReadable)) return;
  const Connection::ReadOutcome outcome = connection.Discard(scratch_);
  if (outcome == Connection::ReadOutcome::kMore) return ContinueNextRound(connection);
  if (outcome == Connection::ReadOutcome::kEnd) return Close(connection, connection.close_reason());
  if (outcome == Connection::ReadOutcome::kFailed) CutOff(connection, connection.close_reason());
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
  NoteMoved(connection);
  SetDeadline(connection,
              IsTurnedAway(connection) ? DeadlineKind::kTurnedAway : DeadlineKind::kLingering);
  Linger(connection);
}

// Who was told "busy" may hear it from the kernel later. For anybody else, what has not arrived
// until now is lost.
void ConnectionDriver::EndLingering(Connection& connection) {
  const bool all_arrived = connection.UnackedBytes() == 0;
  if (all_arrived || IsTurnedAway(connection)) return Close(connection, connection.close_reason());
  CutOff(connection, connection.close_reason());
}

// The connection is broken, or to be broken: nothing more of what is on its way arrives.
void ConnectionDriver::CutOff(Connection& connection, CloseReason reason) {
  connection.RecallUnacked();
  Close(connection, reason, true);
}

void ConnectionDriver::Close(Connection& connection, CloseReason reason, bool reset) {
  LogClose(connection, reason);
  TellService(connection);
  deadlines_.Cancel(connection);
  Abandon(connection);
  if (sys::HasForked()) (void)epoll_.Remove(connection.fd());
  callers_.Forget(connection.fd());
  connection.Close(reset);
  table_.Free(connection);
  --open_;
  trim_due_ms_ = std::min(trim_due_ms_, now_ms_ + kTrimMs);
  CountClosed(connection.standing, connection.route(), reason,
              static_cast<uint32_t>(now_ms_) - connection.admitted_ms);
  acceptor_.OnClosed({connection.standing, connection.host});
}

// An exception of the service ends the program here as in a worker, whatever the caller of
// Server::Run catches.
void ConnectionDriver::TellService(const Connection& connection) noexcept {
  if (!connection.known) return;
  connection.route().service->OnClose(connection.service_state());
}

void ConnectionDriver::HangUpForMemory(Connection& connection) {
  NoteNoMemory(connection.route());
  HangUp(connection, CloseReason::kError);
}

void ConnectionDriver::EndStall(Connection& connection) {
  if (!connection.stalled) return;
  connection.stalled = false;
  connection.route().counters->stalled.Subtract(1);
}

// Gives up what the caller has not been sent.
void ConnectionDriver::Abandon(Connection& connection) {
  EndStall(connection);
  connection.route().counters->bytes_lost.Add(connection.owed_bytes());
  connection.ReturnBuffer(buffers_);
}

// A check has a counter of its own, and who is turned away has had its own already.
void ConnectionDriver::CountClosed(Standing standing, const Route& route, CloseReason reason,
                                   int64_t lasted_ms) {
  if (standing != Standing::kCaller) return;
  route.counters->closed_by_reason[static_cast<int>(reason)].Add();
  route.counters->call_times.Add(lasted_ms);
}

void ConnectionDriver::Admit(sys::Fd fd, const Listener& listener, const Place& place,
                             const sys::Address& caller, bool named) {
  reactor_thread_.Check();
  ServiceCounters& counters = *listener.route().counters;
  // A unix socket knows its caller to the end, and by name.
  const bool wanted = config_.tells_callers && !listener.is_unix();
  const bool noted = (named || wanted) && callers_.Note(fd.get(), caller);
  Connection* const made =
      noted || !named ? table_.New(fd.get(), listener.route(), listener.is_unix()) : nullptr;
  if (place.standing == Standing::kCaller) counters.accepted.Add();
  if (place.standing == Standing::kCheck) counters.checks.Add();
  if (made == nullptr) {
    callers_.Forget(fd.get());
    NoteNoMemory(listener.route());
    CountClosed(place.standing, listener.route(), CloseReason::kError, 0);
    sys::CloseWithCopies(std::move(fd), false);
    return acceptor_.OnClosed(place);
  }
  Connection& connection = *made;
  fd.Release();
  connection.standing = place.standing;
  connection.host = place.host;
  connection.admitted_ms = static_cast<uint32_t>(now_ms_);
  ++open_;
  const sys::Result added = epoll_.Add(connection.fd(), kWatched, made->source.ToData());
  if (!added) {
    counters.register_failed.Add();
    log_.WriteLimited(LogLevel::kWarn, "register_failed",
                      LogText() << "error=" << sys::ErrorName(added.error));
    return Close(connection, CloseReason::kError);
  }
  if (IsTurnedAway(connection)) return TurnAway(connection);
  Welcome(connection);
}

void ConnectionDriver::Welcome(Connection& connection) {
  if (!connection.route().traits.speaks_first) {
    connection.known = true;
    SetDeadline(connection, DeadlineKind::kIdle);
    if (draining_) GiveLastTurn(connection);
    return;
  }
  char* const buffer = buffers_.Acquire();
  if (buffer == nullptr) return HangUpForMemory(connection);
  connection.known = true;
  connection.Open(buffer);
  Dispatch(connection);
  if (draining_) GiveLastTurn(connection);
}

void ConnectionDriver::TurnAway(Connection& connection) {
  if (!config_.busy_text.empty()) {
    // One send is enough: the socket of a new connection has room for it, and a send that fails
    // means that the caller is gone.
    const sys::Result sent =
        sys::Send(connection.fd(), config_.busy_text.data(), config_.busy_text.size());
    if (sent) connection.route().counters->bytes_unsolicited.Add(static_cast<uint64_t>(sent.value));
  }
  HangUp(connection, CloseReason::kServed);
}

void ConnectionDriver::BeginDrain() {
  reactor_thread_.Check();
  draining_ = true;
  table_.ForEach([this](Connection& connection) { GiveLastTurn(connection); });
}

// What it has said until now is answered, reported yet or not.
void ConnectionDriver::GiveLastTurn(Connection& connection) {
  constexpr uint32_t kAnswersOnce = ConnectionState::kLastTurn | ConnectionState::kReadable;
  connection.drain_bytes = connection.UnreadBytes();
  if (connection.state.Note(kAnswersOnce)) Turn(connection);
}

void ConnectionDriver::CloseAll() {
  reactor_thread_.Check();
  closing_ = true;
  table_.ForEach([this](Connection& connection) {
    if (!connection.state.Has(ConnectionState::kScheduled)) Turn(connection);
  });
}

void ConnectionDriver::NoteNoMemory(const Route& route) {
  route.counters->no_memory.Add();
  log_.WriteLimited(LogLevel::kWarn, "no_memory", LogText() << "connections=" << open_);
}

void ConnectionDriver::LogClose(const Connection& connection, CloseReason reason) {
  if (!log_.Wants(LogLevel::kDebug)) return;
  log_.Write(LogLevel::kDebug, "closed",
             LogText() << "reason=" << ToString(reason)
                       << " peer=" << callers_.Of(connection.fd()).ToText()
                       << " lost=" << connection.owed_bytes());
}

}  // namespace switchboard
