// How long something takes that now takes longer and now less, as a distribution: some of its
// quantiles, and straight lines between them. Plain values; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_SPREAD_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_SPREAD_H_

#include <array>
#include <cstddef>
#include <vector>

namespace switchboard::load {

class Spread {
 public:
  // The quantiles that are kept: the tail in most detail.
  static constexpr std::array kPercents = {0.0,  1.0,  5.0,  10.0, 20.0, 30.0, 40.0, 50.0,
                                           60.0, 70.0, 75.0, 80.0, 85.0, 90.0, 93.0, 95.0,
                                           97.0, 98.0, 99.0, 99.5, 99.8, 99.9, 100.0};

  // Always the same.
  Spread(double value = 0) { values_.fill(value); }
  // Of what was seen, at least once.
  static Spread Of(std::vector<double> seen);
  // From a file. Throws std::invalid_argument with the end of a sentence about it.
  static Spread OfQuantiles(const std::vector<double>& values);

  // What a part of all, from 0 to 1, does not exceed.
  double At(double part) const;
  double Median() const { return At(0.5); }
  const std::array<double, kPercents.size()>& quantiles() const { return values_; }

 private:
  std::array<double, kPercents.size()> values_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_SPREAD_H_
