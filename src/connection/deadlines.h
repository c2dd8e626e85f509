// Deadlines of connections, without a timer tick.
//
// Every deadline of one kind is equally far away when it is set, so a queue in the order of setting
// is a queue in the order of falling due: setting, moving and cancelling are a few pointers, and
// the reactor sleeps until the first of all queues.
//
// Owned by the ConnectionDriver. Reactor thread only.

#ifndef SWITCHBOARD_SRC_CONNECTION_DEADLINES_H_
#define SWITCHBOARD_SRC_CONNECTION_DEADLINES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "src/base/thread_checker.h"
#include "src/connection/connection.h"
#include "src/linux/clock.h"

namespace switchboard {

// The first ends a call that is at rest. While something is under way in it, a deadline only means
// that the call is looked at.
//
// A further kind stands before kTurnedAway, and has its delay in SetDelays and its turn in
// HandleDeadlines (connection_driver_deadlines.cc).
enum class DeadlineKind : uint8_t {
  kNone,
  kIdle,
  kAnswering,   // a worker has it, or the kernel still holds a part of the reply
  kStalled,     // a reply waits for room
  kLingering,   // the server has hung up
  kTurnedAway,  // the same, on a caller who was told "busy"
};

class Deadlines {
 public:
  // How far away a deadline of `kind` is; 0 means never: Set then only takes from the connection
  // whatever deadline it has. Before the first Set.
  void SetDelay(DeadlineKind kind, int64_t delay_ms) { QueueOf(kind).delay_ms = delay_ms; }

  // Gives `connection` this deadline, in place of any other it has.
  void Set(Connection& connection, DeadlineKind kind, int64_t now_ms);
  void Cancel(Connection& connection);

  int64_t first_due_ms() const;
  // Takes out the first connection of `kind` that is due; nullptr if none is.
  Connection* TakeDue(DeadlineKind kind, int64_t now_ms);

 private:
  static constexpr size_t kKinds = static_cast<size_t>(DeadlineKind::kTurnedAway) + 1;

  struct Queue {
    int64_t delay_ms = 0;
    Connection* head = nullptr;
    Connection* tail = nullptr;

    int64_t first_due_ms() const { return head == nullptr ? sys::kNever : head->due_ms; }
  };

  Queue& QueueOf(DeadlineKind kind) { return queues_[static_cast<size_t>(kind)]; }

  ThreadChecker reactor_thread_;
  std::array<Queue, kKinds> queues_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_DEADLINES_H_
