// The messages of one connection that still wait for their reply, oldest first: a ring that doubles
// when it is full, so that its steady state allocates nothing. One owner, one thread.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_MESSAGE_QUEUE_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_MESSAGE_QUEUE_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace switchboard::load {

struct Message {
  // As the intended time: a message that no schedule asked for, never measured. As the time of
  // sending: not sent yet, or sent while an earlier reply was owed, no measure of the naive
  // latency.
  static constexpr int64_t kNoTime = -1;

  int64_t intended_ns;
  int64_t taken_up_ns;  // when the generator came to it
  int64_t sent_ns;
};

class MessageQueue {
 public:
  explicit MessageQueue(size_t capacity) : ring_(std::bit_ceil(capacity)) {}

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Message& operator[](size_t i) { return ring_[(first_ + i) & (ring_.size() - 1)]; }
  Message& front() { return (*this)[0]; }

  void Push(const Message& message) {
    if (size_ == ring_.size()) Grow();
    (*this)[size_++] = message;
  }
  void Pop() {
    ++first_;
    --size_;
  }
  void Clear() { size_ = 0; }

 private:
  void Grow() {
    std::vector<Message> larger(2 * ring_.size());
    for (size_t i = 0; i < size_; ++i) larger[i] = (*this)[i];
    ring_ = std::move(larger);
    first_ = 0;
  }

  std::vector<Message> ring_;
  size_t first_ = 0;
  size_t size_ = 0;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_MESSAGE_QUEUE_H_
