// The reactor: one thread that multiplexes the listening and the client sockets, and dispatches
// every complete read to the worker pool of the connection's service.
//
// The path of a message: HandleEvents -> Turn -> Listen -> Connection::Read -> Dispatch, then in a
// worker Connection::Serve. What a worker gives back for the reactor to see comes through the
// ReadyList and into Turn again.
//
// Everything here is for the reactor thread only, the thread that calls Run, but for Stop.

#ifndef SWITCHBOARD_SRC_REACTOR_H_
#define SWITCHBOARD_SRC_REACTOR_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "src/acceptor.h"
#include "src/connection_table.h"
#include "src/deadlines.h"
#include "src/worker_pool.h"

namespace switchboard {

class Reactor final : private Acceptor::Host {
 public:
  struct Config {
    size_t read_bytes;  // most that one read takes
    int64_t idle_timeout_ms;
    int64_t write_timeout_ms;
    int64_t drain_timeout_ms;
    std::string busy_text;  // what a caller over the limit is told
    Acceptor::Config accept;
  };

  // All references outlive the reactor. Throws std::runtime_error if the kernel refuses to watch.
  Reactor(Config config, std::vector<std::unique_ptr<Listener>> listeners,
          const std::vector<std::unique_ptr<WorkerPool>>& pools, BufferPool& buffers,
          ReadyList& ready, ReactorCounters& counters, Log& log);

  // Serves until Stop, then drains. On return no connection is left.
  void Run();

  // Any thread.
  void Stop();

  const std::vector<std::unique_ptr<Listener>>& listeners() const { return acceptor_.listeners(); }

 private:
  enum class Stage { kServing, kDraining, kClosing };

  // One round.
  size_t WaitForEvents();
  size_t PollEvents(int64_t timeout_ms);
  int64_t SleepMs() const;
  void HandleEvents(size_t count);
  void HandleReady();
  void HandleDeadlines(int64_t due_ms);
  void HandleDrainDeadline();
  void HandleStop();

  // What the owner of a connection does next with it.
  void Turn(Connection& connection);
  void Listen(Connection& connection);
  void AwaitRoom(Connection& connection);
  void Stream(Connection& connection);
  void Linger(Connection& connection);

  // The end of a turn: each gives the connection away, or waits for an event.
  void Dispatch(Connection& connection);
  void ComeBackTo(Connection& connection);
  void HangUp(Connection& connection, CloseReason reason);
  void Close(Connection& connection, CloseReason reason, bool reset = false);

  void Admit(sys::Fd fd, const Route& route, bool counted) override;
  void TurnAway(Connection& connection);
  void Abandon(Connection& connection);
  void CloseForMemory(Connection& connection);
  void NoteNoMemory();
  void LogClose(const Connection& connection, CloseReason reason);
  void OnStalled(Connection& connection);
  void OnLingered(Connection& connection);
  bool MadeProgress(Connection& connection);
  bool InReactorThread() const { return std::this_thread::get_id() == thread_; }

  const Config config_;
  const std::vector<std::unique_ptr<WorkerPool>>& pools_;
  BufferPool& buffers_;
  ReadyList& ready_;
  ReactorCounters& counters_;
  Log& log_;

  sys::Epoll epoll_;
  Acceptor acceptor_;
  ConnectionTable table_;
  DeadlineList idle_;
  DeadlineList stalled_;
  DeadlineList lingering_;
  std::vector<epoll_event> events_;
  std::vector<char> scratch_;  // for what is read and thrown away
  ConnectionList come_back_;   // cut short by a budget: theirs is the next round
  int64_t now_ms_ = 0;         // of this round
  bool lonely_ = false;        // this round is about a single caller
  int64_t open_ = 0;           // connections, counted or not
  Stage stage_ = Stage::kServing;
  int64_t drain_due_ms_ = kNever;
  std::thread::id thread_;

  std::atomic<bool> stop_requested_{false};
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_REACTOR_H_
