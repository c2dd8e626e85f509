#include "src/connection/deadlines.h"

#include <algorithm>
#include <utility>

namespace switchboard {

void Deadlines::Set(Connection& connection, DeadlineKind kind, int64_t now_ms) {
  Cancel(connection);
  Queue& queue = QueueOf(kind);
  if (queue.delay_ms == 0) return;
  connection.deadline = kind;
  connection.due_ms = now_ms + queue.delay_ms;
  connection.deadline_next = nullptr;
  connection.deadline_previous = queue.tail;
  (queue.tail == nullptr ? queue.head : queue.tail->deadline_next) = &connection;
  queue.tail = &connection;
}

void Deadlines::Cancel(Connection& connection) {
  reactor_thread_.Check();
  const DeadlineKind kind = std::exchange(connection.deadline, DeadlineKind::kNone);
  if (kind == DeadlineKind::kNone) return;
  Queue& queue = QueueOf(kind);
  Connection* const next = connection.deadline_next;
  Connection* const previous = connection.deadline_previous;
  (previous == nullptr ? queue.head : previous->deadline_next) = next;
  (next == nullptr ? queue.tail : next->deadline_previous) = previous;
}

int64_t Deadlines::first_due_ms() const {
  int64_t first_ms = sys::kNever;
  for (const Queue& queue : queues_) first_ms = std::min(first_ms, queue.first_due_ms());
  return first_ms;
}

Connection* Deadlines::TakeDue(DeadlineKind kind, int64_t now_ms) {
  Queue& queue = QueueOf(kind);
  if (queue.first_due_ms() > now_ms) return nullptr;
  Connection* const first = queue.head;
  Cancel(*first);
  return first;
}

}  // namespace switchboard
