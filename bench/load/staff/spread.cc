#include "bench/load/staff/spread.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace switchboard::load {
namespace {

double Between(double low, double high, double part) { return low + (high - low) * part; }

}  // namespace

Spread Spread::Of(std::vector<double> seen) {
  std::ranges::sort(seen);
  Spread spread;
  for (size_t i = 0; i < kPercents.size(); ++i) {
    const double place = kPercents[i] / 100 * static_cast<double>(seen.size() - 1);
    const auto before = static_cast<size_t>(place);
    const size_t after = std::min(before + 1, seen.size() - 1);
    spread.values_[i] = Between(seen[before], seen[after], place - static_cast<double>(before));
  }
  return spread;
}

Spread Spread::OfQuantiles(const std::vector<double>& values) {
  Spread spread;
  if (values.size() != kPercents.size()) {
    throw std::invalid_argument("has " + std::to_string(values.size()) + " quantiles, not " +
                                std::to_string(kPercents.size()));
  }
  if (!(values.front() >= 0)) throw std::invalid_argument("is below 0");
  if (!std::ranges::is_sorted(values)) throw std::invalid_argument("has quantiles that fall");
  std::ranges::copy(values, spread.values_.begin());
  return spread;
}

double Spread::At(double part) const {
  const double percent = 100 * part;
  const auto above = std::ranges::upper_bound(kPercents, percent);
  if (above == kPercents.end()) return values_.back();
  const auto after = static_cast<size_t>(above - kPercents.begin());
  const double from = kPercents[after - 1], to = kPercents[after];
  return Between(values_[after - 1], values_[after], (percent - from) / (to - from));
}

}  // namespace switchboard::load
