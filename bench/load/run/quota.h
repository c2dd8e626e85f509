// How many messages a run may still send in its measured part (--messages), by all its threads
// together: shared, so that they all end at the same moment. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_QUOTA_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_QUOTA_H_

#include <atomic>
#include <cstdint>

namespace switchboard::load {

class Quota {
 public:
  // 0: no limit.
  explicit Quota(uint64_t messages)
      : limited_(messages > 0), left_(static_cast<int64_t>(messages)) {}

  // Whether one more may be sent, which is then counted.
  bool Take() { return !limited_ || left_.fetch_sub(1, std::memory_order_relaxed) > 0; }
  bool Empty() const { return limited_ && left_.load(std::memory_order_relaxed) <= 0; }

 private:
  const bool limited_;
  std::atomic<int64_t> left_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_QUOTA_H_
