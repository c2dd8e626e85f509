// A moment by which something must have happened. A plain value; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_DEADLINE_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_DEADLINE_H_

#include <algorithm>
#include <cstdint>

#include "src/linux/clock.h"

namespace switchboard::load {

class Deadline {
 public:
  explicit Deadline(int64_t length_ms) : length_ms_(length_ms), at_ms_(sys::NowMs() + length_ms) {}

  int RemainingMs() const { return static_cast<int>(std::max<int64_t>(0, at_ms_ - sys::NowMs())); }
  bool Passed() const { return RemainingMs() == 0; }
  int64_t length_ms() const { return length_ms_; }

 private:
  int64_t length_ms_;
  int64_t at_ms_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_DEADLINE_H_
