// The callers of a simulated host, of whom one that says nothing is 9 bytes. Each has its messages
// answered one at a time, in order; what it says meanwhile waits. One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_CALLERS_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_CALLERS_H_

#include <cstdint>
#include <vector>

namespace switchboard::load::sim {

using CallerId = uint32_t;

class Callers {
 public:
  explicit Callers(int64_t count)
      : last_(static_cast<size_t>(count), kNone),
        unread_(static_cast<size_t>(count)),
        flags_(static_cast<size_t>(count)) {}

  size_t count() const { return last_.size(); }
  size_t messages() const { return messages_.size() - free_count_; }  // said and not answered

  // The caller speaks; its latency counts from `since_ns`.
  void Say(CallerId caller, int64_t since_ns);
  // Its first message is answered: since when it counts.
  int64_t Answered(CallerId caller);

  // Its messages that the server has not read.
  bool HasUnread(CallerId caller) const { return unread_[caller] > 0; }
  void Deliver(CallerId caller) { ++unread_[caller]; }
  void Read(CallerId caller) { --unread_[caller]; }

  // What epoll and the server know of it: it is in the list of events; a worker has it.
  enum Flag : uint8_t { kListed = 1, kAtWorker = 2 };
  bool Has(CallerId caller, Flag flag) const { return (flags_[caller] & flag) != 0; }
  void Set(CallerId caller, Flag flag) { flags_[caller] |= flag; }
  void Clear(CallerId caller, Flag flag) { flags_[caller] &= static_cast<uint8_t>(~flag); }

 private:
  static constexpr uint32_t kNone = ~0U;
  struct Message {
    int64_t since_ns;
    uint32_t next;  // of the caller's, in a ring; or the next that is free
  };

  std::vector<uint32_t> last_;  // of each caller's messages
  std::vector<uint32_t> unread_;
  std::vector<uint8_t> flags_;
  std::vector<Message> messages_;
  uint32_t first_free_ = kNone;
  size_t free_count_ = 0;
};

inline void Callers::Say(CallerId caller, int64_t since_ns) {
  uint32_t at = first_free_;
  if (at == kNone) {
    at = static_cast<uint32_t>(messages_.size());
    messages_.emplace_back();
  } else {
    first_free_ = messages_[at].next;
    --free_count_;
  }
  uint32_t& last = last_[caller];
  messages_[at] = {since_ns, last == kNone ? at : messages_[last].next};
  if (last != kNone) messages_[last].next = at;
  last = at;
}

inline int64_t Callers::Answered(CallerId caller) {
  uint32_t& last = last_[caller];
  const uint32_t at = messages_[last].next;
  const Message message = messages_[at];
  if (at == last) {
    last = kNone;
  } else {
    messages_[last].next = message.next;
  }
  messages_[at].next = first_free_;
  first_free_ = at;
  ++free_count_;
  return message.since_ns;
}

}  // namespace switchboard::load::sim

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_CALLERS_H_
