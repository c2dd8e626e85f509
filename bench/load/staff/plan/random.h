// Random numbers that are the same for the same seed. Sebastiano Vigna's splitmix64. One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_RANDOM_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_RANDOM_H_

#include <cstdint>

namespace switchboard::load::sim {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Word() {
    uint64_t word = state_ += 0x9e3779b97f4a7c15;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
    word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
    return word ^ (word >> 31);
  }

  // From 0 to below 1.
  double Fraction() { return static_cast<double>(Word() >> 11) * 0x1p-53; }
  // From 0 to below `end`.
  uint64_t Below(uint64_t end) {
    return static_cast<uint64_t>(Fraction() * static_cast<double>(end));
  }

 private:
  uint64_t state_;
};

}  // namespace switchboard::load::sim

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_RANDOM_H_
