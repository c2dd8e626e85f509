#include "src/deadlines.h"

namespace switchboard {

void DeadlineList::Set(Connection& connection, int64_t now_ms) {
  reactor_thread_.Check();
  Cancel(connection);
  if (timeout_ms_ == 0) return;
  connection.deadlines = this;
  connection.due_ms = now_ms + timeout_ms_;
  connection.deadline_next = nullptr;
  connection.deadline_previous = tail_;
  (tail_ == nullptr ? head_ : tail_->deadline_next) = &connection;
  tail_ = &connection;
}

void DeadlineList::Cancel(Connection& connection) {
  DeadlineList* const list = connection.deadlines;
  if (list == nullptr) return;
  list->reactor_thread_.Check();
  Connection* const next = connection.deadline_next;
  Connection* const previous = connection.deadline_previous;
  (previous == nullptr ? list->head_ : previous->deadline_next) = next;
  (next == nullptr ? list->tail_ : next->deadline_previous) = previous;
  connection.deadlines = nullptr;
}

Connection* DeadlineList::TakeDue(int64_t now_ms) {
  reactor_thread_.Check();
  if (first_due_ms() > now_ms) return nullptr;
  Connection* const first = head_;
  Cancel(*first);
  return first;
}

}  // namespace switchboard
