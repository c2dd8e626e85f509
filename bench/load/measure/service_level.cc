#include "bench/load/measure/service_level.h"

#include <algorithm>

namespace switchboard::load {

std::optional<std::pair<double, double>> OverSeconds(const Report& report, PartOfSecond part) {
  std::optional<std::pair<double, double>> range;
  for (const Second& second : report.timeline) {
    const std::optional<double> here = part(report.options, second);
    if (!here) continue;
    if (!range) range = {*here, *here};
    range->first = std::min(range->first, *here);
    range->second = std::max(range->second, *here);
  }
  return range;
}

}  // namespace switchboard::load
