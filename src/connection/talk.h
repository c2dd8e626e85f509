// How many callers have said something in the last whole second, without a walk over them: each
// remembers the second in which it spoke last, as one of 65,535 that come round in 18 hours: who is
// silent for exactly so long, or a multiple, is missed in the second in which it speaks again.
//
// Owned by the ConnectionDriver. Reactor thread only.

#ifndef SWITCHBOARD_SRC_CONNECTION_TALK_H_
#define SWITCHBOARD_SRC_CONNECTION_TALK_H_

#include <atomic>
#include <cstdint>

#include "src/books/counters.h"

namespace switchboard {

class Talk {
 public:
  // Counts into `counters`, which any thread may read, and which outlive this.
  explicit Talk(SpeakerCounters& counters) : counters_(counters) {}

  // A caller says something; `spoke_second` is what this keeps in it, 0 at first.
  void Note(uint16_t& spoke_second, int64_t now_ms) {
    const int64_t second = now_ms / 1000;
    if (second != second_) Begin(second);
    const auto mark = static_cast<uint16_t>(second % kMarks + 1);
    if (spoke_second == mark) return;
    spoke_second = mark;
    ++speakers_;
    counters_.latest.store(SpeakerCounters::Pack(second, speakers_), std::memory_order_relaxed);
  }

 private:
  static constexpr int64_t kMarks = UINT16_MAX;  // beside 0, which nobody who has spoken has

  void Begin(int64_t second) {
    counters_.before.store(SpeakerCounters::Pack(second_, speakers_), std::memory_order_relaxed);
    second_ = second;
    speakers_ = 0;
  }

  SpeakerCounters& counters_;
  int64_t second_ = 0;
  uint32_t speakers_ = 0;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_TALK_H_
