// Cuts a whole into parts, as equal as can be, whose sum is exactly the whole in whatever order
// they are added. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_SPLIT_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_SPLIT_H_

#include <cmath>
#include <cstdint>

namespace switchboard::load {

// Part `index`, from 0, of `parts`.
inline uint64_t PartOf(uint64_t whole, int parts, int index) {
  const auto count = static_cast<uint64_t>(parts);
  return whole / count + (static_cast<uint64_t>(index) < whole % count ? 1 : 0);
}

// The same of a number of 0 or more: each part is a multiple of the number's last binary place, so
// that no sum of parts needs to be rounded.
inline double PartOf(double whole, int parts, int index) {
  constexpr int kDigits = 53;
  int exponent = 0;
  const auto places = static_cast<uint64_t>(std::ldexp(std::frexp(whole, &exponent), kDigits));
  return std::ldexp(static_cast<double>(PartOf(places, parts, index)), exponent - kDigits);
}

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_SPLIT_H_
