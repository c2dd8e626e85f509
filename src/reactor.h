// The reactor: one thread that multiplexes the listening and the client sockets.
//
// Each round of its loop waits for events, gives every connection that has something to do its turn
// (connection_driver.h), accepts new callers, and publishes the round's requests to the workers.
// The path of a message, in order:
//   Reactor::HandleEvents
//   ConnectionDriver::HandleEvent, Turn, ReadRequest -> Connection::Read
//   ConnectionDriver::Dispatch -> WorkerPool::Add, which puts it on the batch of the round
//   Reactor::Run, at the end of the round -> WorkerPool::Publish, which wakes a worker if need be
//   in a worker: WorkerPool::ServeJobs -> Connection::Serve, Answer -> Service::OnRead
//   Connection::SendReply
// What a worker gives back for the reactor to see comes through the ReadyList into
// ConnectionDriver::HandleGivenBack, and Turn again.
//
// Owned by the Server. The thread that calls Run is the reactor thread.

#ifndef SWITCHBOARD_SRC_REACTOR_H_
#define SWITCHBOARD_SRC_REACTOR_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "src/accepting/acceptor.h"
#include "src/connection_driver.h"
#include "src/linux/clock.h"
#include "src/phases.h"
#include "src/shared_cpu.h"
#include "src/worker_pool.h"

namespace switchboard {

class Reactor {
 public:
  struct Config {
    Phases::Durations phases;
    ConnectionDriver::Config connections;
    Acceptor::Config accept;
    std::function<void()> when_closed;  // called once no listening socket is open, unless null
    std::function<void()> give_up;  // called when the time to drain is over, before all is closed
  };

  // All references outlive the reactor. Throws std::runtime_error if the kernel refuses to watch.
  Reactor(Config config, std::vector<std::unique_ptr<Listener>> listeners,
          const std::vector<std::unique_ptr<WorkerPool>>& pools, BufferPool& buffers,
          CallerAddresses& callers, ReadyList& ready, ReactorCounters& counters, Log& log);

  // Serves until Stop, then goes through the phases. On return no connection is left.
  void Run();

  // Any thread; as in Server.
  void Stop();
  bool EndPhase();
  Phase phase() const { return phases_.now(); }

  // Any thread: makes it go round once.
  void Wake() { ready_.Interrupt(); }

  // As in Acceptor. Any thread.
  int64_t ListenOverflows() { return acceptor_.ListenOverflows(); }
  template <typename Visit>
  void ForEachListener(Visit visit) {
    acceptor_.ForEachListener(visit);
  }

  const std::vector<std::unique_ptr<Listener>>& listeners() const { return acceptor_.listeners(); }

 private:
  void WatchWakeUp(int fd, uint32_t slot);
  size_t WaitForEvents();
  size_t PollEvents(int64_t timeout_ms);
  // Until the first of all that is due by the clock.
  int64_t SleepMs();
  void HandleEvents(size_t count);
  bool IsAlone() const;
  void HandlePhase();
  void HandlePhaseDeadline();
  void HandleClosed();
  void Enter(Phase phase);

  const std::vector<std::unique_ptr<WorkerPool>>& pools_;
  ReadyList& ready_;
  ReactorCounters& counters_;
  Log& log_;

  sys::Epoll epoll_;
  ConnectionDriver connections_;
  Acceptor acceptor_;
  SharedCpu shared_cpu_;
  std::vector<epoll_event> events_;
  int64_t now_ms_ = 0;                  // of this round
  Phase entered_ = Phase::kServing;     // what has been done is what this phase asks for
  int64_t phase_due_ms_ = sys::kNever;  // when its time is over

  Phases phases_;
  std::function<void()> when_closed_;  // null when it has been called
  const std::function<void()> give_up_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_REACTOR_H_
