// Deadlines of connections, without a timer tick.
//
// Every deadline of one kind is equally far away when it is set, so a queue in the order of setting
// is a queue in the order of falling due: setting, moving and cancelling are a few pointers, and
// the reactor sleeps until the first of the queue.
//
// Owned by the ConnectionDriver, a list for each kind. Reactor thread only.

#ifndef SWITCHBOARD_SRC_DEADLINES_H_
#define SWITCHBOARD_SRC_DEADLINES_H_

#include <cstdint>
#include <limits>

#include "src/connection.h"
#include "src/thread_checker.h"

namespace switchboard {

inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

class DeadlineList {
 public:
  // 0 for `timeout_ms` means never: Set then only takes from the connection whatever deadline it
  // has.
  explicit DeadlineList(int64_t timeout_ms) : timeout_ms_(timeout_ms) {}

  // Gives `connection` this deadline, in place of any other it has.
  void Set(Connection& connection, int64_t now_ms);
  // Takes its deadline from `connection`, of whichever list it is.
  static void Cancel(Connection& connection);

  int64_t first_due_ms() const { return head_ == nullptr ? kNever : head_->due_ms; }
  // Takes out the first connection that is due; nullptr if none is.
  Connection* TakeDue(int64_t now_ms);

 private:
  const int64_t timeout_ms_;
  ThreadChecker reactor_thread_;
  Connection* head_ = nullptr;
  Connection* tail_ = nullptr;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_DEADLINES_H_
