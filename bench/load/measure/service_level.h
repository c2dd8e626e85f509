// What callers with patience come to: how many hang up, and how many are answered in time. Of the
// whole run or of a second of it, which count both by the time at which the wait ended.
// Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_SERVICE_LEVEL_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_SERVICE_LEVEL_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "bench/load/measure/report.h"

namespace switchboard::load {

// Each is a part of the messages whose wait has ended; nothing if it was not asked for, or of none.

// Those whose callers hung up.
template <typename Counted>
std::optional<double> Abandonment(const Options& options, const Counted& counted) {
  const auto ended = static_cast<double>(counted.Ended());
  if (!options.HasPatience() || ended == 0) return std::nullopt;
  return static_cast<double>(counted.abandoned) / ended;
}

// Those that were answered in Options::service_level_ns.
template <typename Counted>
std::optional<double> ServiceLevel(const Options& options, const Counted& counted) {
  const auto ended = static_cast<double>(counted.Ended());
  if (options.service_level_ns == 0 || ended == 0) return std::nullopt;
  return static_cast<double>(counted.in_time) / ended;
}

// The least and the most of any second; nothing if no second has it.
using PartOfSecond = std::optional<double> (*)(const Options& options, const Second& second);
std::optional<std::pair<double, double>> OverSeconds(const Report& report, PartOfSecond part);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_SERVICE_LEVEL_H_
