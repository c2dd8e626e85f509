// The parent of the processes that one server is made of: it starts them, looks after them, passes
// on what it is told by signals, and speaks for all of them to the service manager.
//
// It serves nobody, and has one thread for life: all that it does is one loop that sleeps in
// poll(2). So the only processes that are ever forked are copies of one without threads.
// - Until all have served once, the end of any of them stops all. Afterwards it is started again:
//   at once after a life of 10 s, else after 100 ms, and twice as long each time, up to 30 s.
// - One that gives no sign of life for Config::heart_ms is sent SIGKILL, also one that is stopped;
//   one that has not begun to serve has 10 s at least.
// - Of a process that ends or is stopped all others are told, as callers may have been reported to
//   it whom it has not accepted.
//
// Made and used by the parent's one thread.

#ifndef SWITCHBOARD_SRC_PROCESSES_SUPERVISOR_H_
#define SWITCHBOARD_SRC_PROCESSES_SUPERVISOR_H_

#include <poll.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/log.h"
#include "src/daemon/service_manager.h"
#include "src/daemon/stop_requests.h"
#include "src/linux/child.h"
#include "src/linux/clock.h"
#include "src/linux/signal_queue.h"
#include "src/processes/books_of_all.h"
#include "src/processes/process_table.h"
#include "src/status/endpoint.h"

namespace switchboard {

class Supervisor {
 public:
  struct Config {
    int64_t heart_ms;  // a process that gives no sign of life for so long is replaced
    int phases;        // of stopping: each request ends one, and one more ends all at once
    std::function<void()> when_serving;  // called when all serve, in the parent
    // Called with it when another number of them serves after that, in the parent.
    std::function<void(size_t)> when_number_changes;
    std::function<void()> when_closed;  // called when all stop and none listens, in the parent
  };

  // Blocks the signals that it handles. The references outlive it, and so does `status`, which
  // is served here as well; nullptr: there is no status port. Throws std::runtime_error if the
  // system refuses a descriptor.
  Supervisor(Config config, ProcessTable& table, const BooksOfAll& books, Log& log,
             const ServiceManager& manager, status::Endpoint* status);

  // In the parent: returns nothing, when it was told to stop and all processes have ended. In each
  // process that it starts: returns its number, from 0, at once. Throws std::runtime_error if one
  // of them cannot be forked before all have served. Call once, with no other thread in the
  // program.
  std::optional<size_t> Run();

  // Then, in the parent: 0 if all have ended well.
  int exit_status() const { return exit_status_; }

 private:
  struct Child {
    pid_t pid = 0;                   // 0: there is none
    int64_t start_ms = sys::kNever;  // when to start it
    int64_t started_ms = 0;
    int64_t judge_ms = 0;  // when to look at its silence next, at the earliest
    int early_ends = 0;    // in a row
    bool serves = false;   // as far as has been said
  };

  bool IsOver() const;
  void Wait();
  int64_t DueMs() const;
  int64_t SilentFromMs(size_t number) const;
  int64_t PatienceMs(size_t number) const;
  int64_t JudgeMs(size_t number) const;
  bool EndsAtOnce() const { return table_.common().stops > config_.phases; }
  std::optional<size_t> StartDue();
  bool Start(size_t number);
  void StartAgain(size_t number);
  void HandleSignals();
  void HandleNews();
  void HandleClosed();
  void HandleChange(const sys::ChildChange& change);
  void HandleEnd(size_t number, const sys::ChildChange& change);
  void LookAtHearts();
  void CountServing();
  void SpeakToManager();
  void Stop();
  void SayThatItEndedEarly(size_t number, const sys::ChildChange& change) const;
  void SignalAll(int signal) const;
  void Say(LogLevel level, size_t number, std::string_view event, std::string_view fields) const;

  const Config config_;
  ProcessTable& table_;
  const BooksOfAll& books_;
  Log& log_;
  const ServiceManager& manager_;
  status::Endpoint* const status_;  // nullptr if there is no status port
  sys::SignalQueue signals_;
  StopRequests requests_;
  std::vector<Child> children_;
  std::vector<pollfd> watched_;
  size_t serving_;        // as has been said last
  bool starting_ = true;  // not all have served yet
  bool stopping_ = false;
  bool closed_ = false;  // when_closed has been called
  int exit_status_ = 0;
  std::string failure_;  // why the start of all was given up

  int64_t now_ms_ = 0;             // of this round
  int64_t judges_from_ms_ = 0;     // it was late itself until then: silence counts from there
  int64_t ping_ms_ = sys::kNever;  // when to speak to the service manager
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PROCESSES_SUPERVISOR_H_
