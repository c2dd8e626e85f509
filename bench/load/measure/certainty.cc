#include "bench/load/measure/certainty.h"

#include <algorithm>
#include <limits>

namespace switchboard::load {

double LatencyInterval::Width() const {
  if (!Known() || value_ns == 0) return std::numeric_limits<double>::infinity();
  return static_cast<double>(std::max(high_ns - value_ns, value_ns - low_ns)) /
         static_cast<double>(value_ns);
}

const LatencyInterval* Certainty::Of(double percent) const {
  const auto found = std::ranges::find(intervals, percent, &LatencyInterval::percent);
  return found == intervals.end() ? nullptr : &*found;
}

}  // namespace switchboard::load
