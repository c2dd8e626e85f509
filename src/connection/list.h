// A first-in first-out queue of connections, linked through the connections themselves, so that
// queueing never allocates. A connection is in one list at most. Not thread-safe: whoever holds the
// list guards it.

#ifndef SWITCHBOARD_SRC_CONNECTION_LIST_H_
#define SWITCHBOARD_SRC_CONNECTION_LIST_H_

#include <cstddef>
#include <utility>

#include "src/connection/connection.h"

namespace switchboard {

class ConnectionList {
 public:
  bool empty() const { return head_ == nullptr; }
  size_t size() const { return size_; }

  void PushBack(Connection* connection) {
    connection->queue_next = nullptr;
    (head_ == nullptr ? head_ : tail_->queue_next) = connection;
    tail_ = connection;
    ++size_;
  }

  // Calls visit(Connection&) for each, first to last.
  template <typename Visit>
  void ForEach(Visit visit) {
    Connection* each = head_;
    for (size_t left = size_; left > 0; --left, each = each->queue_next) visit(*each);
  }

  // nullptr if empty.
  Connection* PopFront() {
    Connection* const first = head_;
    if (first != nullptr) {
      head_ = first->queue_next;
      --size_;
    }
    return first;
  }

  // Moves all of `other` to the end of this list.
  void Append(ConnectionList& other) {
    if (other.empty()) return;
    (head_ == nullptr ? head_ : tail_->queue_next) = other.head_;
    tail_ = other.tail_;
    size_ += other.size_;
    other = ConnectionList();
  }

  // Moves the first `count` into a list of their own; there are at least that many.
  ConnectionList TakeFront(size_t count) {
    ConnectionList front;
    while (count-- > 0) front.PushBack(PopFront());
    return front;
  }

 private:
  Connection* head_ = nullptr;
  Connection* tail_ = nullptr;
  size_t size_ = 0;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_LIST_H_
