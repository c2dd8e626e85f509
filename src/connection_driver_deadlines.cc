// What a connection's deadlines do: the part of ConnectionDriver that begins when nobody says
// anything.

#include <utility>

#include "src/connection_driver.h"
#include "src/linux/clock.h"
#include "src/linux/socket.h"

namespace switchboard {
namespace {

// A timeout is over when nothing has moved at so many looks in a row, which are spread over it.
constexpr int kLooks = 10;

// How long a caller whom the server has hung up on may take nothing of what is on its way to it,
// and how many looks it has in all, a minute.
constexpr int64_t kLingerMs = 2000;
constexpr int kMostLingerLooks = 300;

// How long a caller that was told "busy" may keep the place that this took.
constexpr int64_t kTurnedAwayMs = 100;

int64_t BetweenLooks(int64_t timeout_ms) { return (timeout_ms + kLooks - 1) / kLooks; }

}  // namespace

void ConnectionDriver::SetDelays() {
  const int64_t idle_ms = config_.idle_timeout_ms;
  const int64_t write_ms = config_.write_timeout_ms > 0 ? config_.write_timeout_ms : idle_ms;
  deadlines_.SetDelay(DeadlineKind::kIdle, idle_ms);
  deadlines_.SetDelay(DeadlineKind::kAnswering, BetweenLooks(idle_ms));
  deadlines_.SetDelay(DeadlineKind::kStalled, BetweenLooks(write_ms));
  deadlines_.SetDelay(DeadlineKind::kLingering, BetweenLooks(kLingerMs));
  deadlines_.SetDelay(DeadlineKind::kTurnedAway, kTurnedAwayMs);
}

// A new timeout begins.
void ConnectionDriver::NoteMoved(Connection& connection) {
  connection.unacked_bytes = UINT32_MAX;  // whatever the next look finds is less
  connection.quiet_looks = 0;
}

void ConnectionDriver::HandleDeadlines() {
  reactor_thread_.Check();
  HandleDeadlinesOf(DeadlineKind::kIdle, &ConnectionDriver::OnIdle);
  HandleDeadlinesOf(DeadlineKind::kAnswering, &ConnectionDriver::OnAnswering);
  HandleDeadlinesOf(DeadlineKind::kStalled, &ConnectionDriver::OnStalled);
  HandleDeadlinesOf(DeadlineKind::kLingering, &ConnectionDriver::OnLingering);
  HandleDeadlinesOf(DeadlineKind::kTurnedAway, &ConnectionDriver::LingerNoMore);
  // Looked at after the ready list: whoever says that there are large ones interrupts that.
  if (trim_due_ms_ == sys::kNever && buffers_.HasLarge()) trim_due_ms_ = now_ms_ + kTrimMs;
  if (trim_due_ms_ <= now_ms_) TrimBuffers();
}

// Until no more are free; then the next caller who leaves, or the next large one that comes back,
// sets the time anew.
void ConnectionDriver::TrimBuffers() {
  trim_due_ms_ = buffers_.Trim() ? now_ms_ + kTrimMs : sys::kNever;
}

void ConnectionDriver::HandleDeadlinesOf(DeadlineKind kind,
                                         void (ConnectionDriver::*on_due)(Connection&)) {
  while (Connection* connection = deadlines_.TakeDue(kind, now_ms_)) (this->*on_due)(*connection);
}

// What the caller has said may be among the events that a round had no room for.
void ConnectionDriver::OnIdle(Connection& connection) {
  if (sys::MayHaveInput(connection.fd())) return SetDeadline(connection, DeadlineKind::kIdle);
  HangUp(connection, CloseReason::kIdle);
}

// The idle timeout begins when the reply has arrived. Nobody says when that is, so that it costs no
// wake-up: the call is looked at until it is at rest.
void ConnectionDriver::OnAnswering(Connection& connection) {
  const bool at_worker = connection.state.Has(ConnectionState::kScheduled);
  if (at_worker) {
    NoteMoved(connection);
  } else if (connection.UnackedBytes() == 0) {
    return SetDeadline(connection, DeadlineKind::kIdle);
  } else if (IsQuietTooLong(connection)) {
    return OnIdle(connection);
  }
  SetDeadline(connection, DeadlineKind::kAnswering);
}

void ConnectionDriver::OnStalled(Connection& connection) {
  if (!IsQuietTooLong(connection)) return SetDeadline(connection, DeadlineKind::kStalled);
  if (config_.write_timeout_ms == 0) return HangUp(connection, CloseReason::kIdle);
  connection.RecallUnacked();
  log_.WriteLimited(LogLevel::kWarn, "write_timeout",
                    LogText() << "peer=" << callers_.Of(connection.fd()).ToText()
                              << " lost=" << connection.owed_bytes());
  Close(connection, CloseReason::kWriteTimeout, true);
}

// Closing while something is on its way would take that from the caller. Who talks on has not come
// to the end of what has arrived: its next word to a closed connection would be answered by a
// reset, and with that many callers do not read the rest. So it has as long as who acknowledges
// nothing.
void ConnectionDriver::OnLingering(Connection& connection) {
  const bool talks_on = connection.talks_on;
  connection.talks_on = false;
  const bool goes_on = (talks_on || connection.UnackedBytes() > 0) && !IsQuietTooLong(connection) &&
                       ++connection.linger_looks < kMostLingerLooks;
  if (goes_on) return SetDeadline(connection, DeadlineKind::kLingering);
  LingerNoMore(connection);
}

// One that waits for the next round, because its caller keeps talking, is closed in that round.
void ConnectionDriver::LingerNoMore(Connection& connection) {
  connection.linger_over = true;
  if (!connection.state.Has(ConnectionState::kScheduled)) Linger(connection);
}

// Looks at the connection: whether its caller's host has acknowledged nothing for as long as its
// timeout.
bool ConnectionDriver::IsQuietTooLong(Connection& connection) {
  const uint32_t unacked = connection.UnackedBytes();
  const bool moved = unacked < std::exchange(connection.unacked_bytes, unacked);
  connection.quiet_looks = moved ? 0 : connection.quiet_looks + 1;
  return connection.quiet_looks >= kLooks;
}

}  // namespace switchboard
