// What the reactor does next with a connection, from the moment it is let in until it is closed.
//
// A connection has a turn whenever there is something for the reactor to do with it: epoll has
// reported an event, a worker has given it back, or one of its deadlines is due. A turn looks at
// where the connection stands and ends in one of these: the connection is given to a worker, it
// waits for the next event, or it is closed. No turn waits for anything.
//
// Owned by the Reactor. Reactor thread only.

#ifndef SWITCHBOARD_SRC_CONNECTION_DRIVER_H_
#define SWITCHBOARD_SRC_CONNECTION_DRIVER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "src/accepting/acceptor.h"
#include "src/base/log.h"
#include "src/base/thread_checker.h"
#include "src/books/counters.h"
#include "src/connection/buffer_pool.h"
#include "src/connection/caller_addresses.h"
#include "src/connection/deadlines.h"
#include "src/connection/table.h"
#include "src/connection/talk.h"
#include "src/linux/clock.h"
#include "src/linux/epoll.h"

namespace switchboard {

class ConnectionDriver final : public Acceptor::Client {
 public:
  struct Config {
    size_t read_bytes;  // most that one read takes
    int64_t idle_timeout_ms;
    int64_t write_timeout_ms;
    std::string busy_text;  // what a caller over the limit is told
    bool tells_callers;     // the log or the trace says who they are, also if they are gone
  };

  // All references outlive the driver. `acceptor` is told of each connection that closes; it may be
  // constructed after the driver, which is its Client. Throws std::bad_alloc.
  ConnectionDriver(Config config, Acceptor& acceptor, sys::Epoll& epoll, BufferPool& buffers,
                   CallerAddresses& callers, SpeakerCounters& speakers, Log& log);

  // Connections that are open, counted against the limit or not.
  int64_t open() const { return open_; }
  // Whether a connection waits for the next round, so that the reactor must not sleep before it.
  bool HasWork() const { return !next_round_.empty(); }
  // When there is something to do although nobody says anything; sys::kNever if there is nothing.
  int64_t first_due_ms() const { return std::min(deadlines_.first_due_ms(), trim_due_ms_); }

  // One round of the reactor, in this order.
  void BeginRound(int64_t now_ms);
  void HandleEvent(const EventSource& source, uint32_t events);
  void HandleGivenBack(ConnectionList given_back);
  void HandleDeadlines();
  // What the kernel or memory refuses is counted and logged, and the caller is hung up on.
  void Admit(sys::Fd fd, const Listener& listener, const Place& place, const sys::Address& caller,
             bool named) override;

  // The server stops: each connection is answered once more, and hung up on; from now on those that
  // are let in, too.
  void BeginDrain();
  // The time for that is over: closes whatever is open, and from now on what workers give back.
  void CloseAll();

 private:
  void Welcome(Connection& connection);
  void GiveLastTurn(Connection& connection);

  // What a connection does next.
  void Turn(Connection& connection);
  void ReadRequest(Connection& connection);
  void AwaitRoom(Connection& connection);
  void Stream(Connection& connection);
  void Linger(Connection& connection);

  // The end of a turn: each gives the connection away, or waits for an event.
  void Dispatch(Connection& connection);
  void ContinueNextRound(Connection& connection);
  void HangUp(Connection& connection, CloseReason reason);
  void Close(Connection& connection, CloseReason reason, bool reset = false);

  static void TellService(const Connection& connection) noexcept;
  void CutOff(Connection& connection, CloseReason reason);
  void EndLingering(Connection& connection);
  void HangUpForMemory(Connection& connection);
  void Abandon(Connection& connection);
  void EndStall(Connection& connection);
  void TurnAway(Connection& connection);
  static void CountClosed(Standing standing, const Route& route, CloseReason reason,
                          int64_t lasted_ms);

  // Deadlines, in connection_driver_deadlines.cc.
  void SetDelays();
  static void NoteMoved(Connection& connection);
  void SetDeadline(Connection& connection, DeadlineKind kind) {
    deadlines_.Set(connection, kind, now_ms_);
  }
  void TrimBuffers();
  void HandleDeadlinesOf(DeadlineKind kind, void (ConnectionDriver::*on_due)(Connection&));
  void OnIdle(Connection& connection);
  void OnAnswering(Connection& connection);
  void OnStalled(Connection& connection);
  void OnLingering(Connection& connection);
  void LingerNoMore(Connection& connection);
  bool IsQuietTooLong(Connection& connection);

  void NoteNoMemory(const Route& route);
  void LogClose(const Connection& connection, CloseReason reason);

  const Config config_;
  Acceptor& acceptor_;
  sys::Epoll& epoll_;
  BufferPool& buffers_;
  CallerAddresses& callers_;
  Log& log_;
  ThreadChecker reactor_thread_;

  ConnectionTable table_;
  Deadlines deadlines_;
  ConnectionList next_round_;  // a budget cut their turn short
  std::vector<char> scratch_;  // for what is read and thrown away
  // How long buffers lie free before they go back to the kernel, when a caller has left or large
  // ones have come back.
  static constexpr int64_t kTrimMs = 2000;

  int64_t now_ms_ = 0;  // of this round
  int64_t trim_due_ms_ = sys::kNever;
  bool draining_ = false;
  bool closing_ = false;  // the time to drain is over
  int64_t open_ = 0;
  Talk talk_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_DRIVER_H_
