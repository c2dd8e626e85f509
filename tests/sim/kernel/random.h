// The choices of a seed: the same seed makes the same choices on every machine.

#ifndef SWITCHBOARD_TESTS_SIM_KERNEL_RANDOM_H_
#define SWITCHBOARD_TESTS_SIM_KERNEL_RANDOM_H_

#include <cstdint>
#include <random>

namespace switchboard::sim {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  uint64_t Below(uint64_t bound) { return engine_() % bound; }
  int64_t Between(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(Below(static_cast<uint64_t>(most - least + 1)));
  }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

 private:
  std::mt19937_64 engine_;  // its sequence is fixed by the C++ standard
};

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_KERNEL_RANDOM_H_
