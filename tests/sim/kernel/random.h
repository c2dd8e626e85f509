// The choices of a seed, or of a fuzzer: the same seed, or the same bytes, make the same choices on
// every machine.

#ifndef SWITCHBOARD_TESTS_SIM_KERNEL_RANDOM_H_
#define SWITCHBOARD_TESTS_SIM_KERNEL_RANDOM_H_

#include <cstdint>
#include <random>
#include <span>

namespace switchboard::sim {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  // Each choice uses up as many bytes as its bound has; when none are left, all choices are 0.
  explicit Random(std::span<const uint8_t> choices) : by_seed_(false), choices_(choices) {}

  uint64_t Below(uint64_t bound) { return (by_seed_ ? engine_() : Take(bound)) % bound; }
  int64_t Between(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(Below(static_cast<uint64_t>(most - least + 1)));
  }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

 private:
  uint64_t Take(uint64_t bound) {
    uint64_t value = 0;
    for (uint64_t most = bound - 1; most > 0 && !choices_.empty(); most >>= 8) {
      value = value << 8 | choices_.front();
      choices_ = choices_.subspan(1);
    }
    return value;
  }

  bool by_seed_ = true;
  std::mt19937_64 engine_;  // its sequence is fixed by the C++ standard
  std::span<const uint8_t> choices_;
};

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_KERNEL_RANDOM_H_
