// How many callers have said something in the last whole second, without a walk over them: each
// remembers the second in which it spoke last.
//
// Owned by the ConnectionDriver. Reactor thread only, but for LastSecond.

#ifndef SWITCHBOARD_SRC_TALK_H_
#define SWITCHBOARD_SRC_TALK_H_

#include <atomic>
#include <cstdint>

namespace switchboard {

class Talk {
 public:
  // A caller says something; `spoke_second` is what this keeps in it, 0 at first.
  void Note(uint8_t& spoke_second, int64_t now_ms) {
    const int64_t second = now_ms / 1000;
    if (second != second_) Begin(second);
    const auto mark = static_cast<uint8_t>(second % 255 + 1);
    if (spoke_second == mark) return;
    spoke_second = mark;
    ++speakers_;
    latest_.store(Pack(second, speakers_), std::memory_order_relaxed);
  }

  // Any thread.
  uint64_t LastSecond(int64_t now_ms) const {
    const int64_t wanted = now_ms / 1000 - 1;
    const uint64_t latest = latest_.load(std::memory_order_relaxed);
    if (SecondOf(latest) == Low(wanted)) return latest & kMost;
    const uint64_t before = before_.load(std::memory_order_relaxed);
    return SecondOf(before) == Low(wanted) ? before & kMost : 0;
  }

 private:
  // A second and how many spoke in it, in one word.
  static constexpr uint64_t kMost = 0xffffffff;
  static uint64_t Low(int64_t second) { return static_cast<uint64_t>(second) & kMost; }
  static uint64_t SecondOf(uint64_t word) { return word >> 32; }
  static uint64_t Pack(int64_t second, uint32_t speakers) { return Low(second) << 32 | speakers; }

  void Begin(int64_t second) {
    before_.store(Pack(second_, speakers_), std::memory_order_relaxed);
    second_ = second;
    speakers_ = 0;
  }

  int64_t second_ = 0;
  uint32_t speakers_ = 0;
  std::atomic<uint64_t> latest_{0};
  std::atomic<uint64_t> before_{0};
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_TALK_H_
