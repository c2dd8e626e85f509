#include "bench/load/show/page/heat.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace switchboard::load {
namespace {

constexpr int kMostRows = 44;
// A row must not be narrower than a bucket of a bin, or it would stay empty by its place alone.
constexpr double kMostRowsPerOctave = 8;

// From a power of two on.
struct Rows {
  double low_power = 0, per_octave = kMostRowsPerOctave;
  size_t count = 0;

  size_t Of(double value_ns) const {
    const double row = (std::log2(value_ns) - low_power) * per_octave;
    return static_cast<size_t>(std::clamp(row, 0.0, static_cast<double>(count - 1)));
  }
};

Rows RowsFor(int64_t least_ns, int64_t most_ns) {
  Rows rows;
  rows.low_power = std::floor(std::log2(static_cast<double>(least_ns)) * 4) / 4;
  const double octaves = std::max(0.25, std::log2(static_cast<double>(most_ns)) - rows.low_power);
  while (rows.per_octave > 1 && octaves * rows.per_octave > kMostRows) rows.per_octave /= 2;
  rows.count = 1 + static_cast<size_t>(octaves * rows.per_octave);
  return rows;
}

}  // namespace

Heat HeatOf(const Columns& columns) {
  Heat heat;
  int64_t least_ns = INT64_MAX, most_ns = 0;
  for (const Column& column : columns) {
    if (column.latency.count() == 0) continue;
    least_ns = std::min(least_ns, std::max(column.latency.min_ns(), Histogram::kLowestNs));
    most_ns = std::max(
        most_ns, std::clamp(column.latency.max_ns(), Histogram::kLowestNs, Histogram::kHighestNs));
  }
  if (most_ns == 0) return heat;
  const Rows rows = RowsFor(least_ns, most_ns);
  std::map<std::pair<size_t, size_t>, uint64_t> counts;
  for (size_t i = 0; i < columns.size(); ++i) {
    const Histogram& latency = columns[i].latency;
    for (const auto& [index, count] : latency.ToSparse()) {
      const auto [first_ns, last_ns] = latency.BucketRangeNs(index);
      const double middle_ns = (static_cast<double>(first_ns) + static_cast<double>(last_ns)) / 2;
      // The slowest stands where it is, not in the middle of its bucket.
      counts[{rows.Of(std::min(middle_ns, static_cast<double>(latency.max_ns()))), i}] += count;
    }
    if (latency.below() > 0) counts[{0, i}] += latency.below();
    if (latency.above() > 0) counts[{rows.count - 1, i}] += latency.above();
  }
  for (const auto& [place, count] : counts) {
    heat.cells.push_back({place.first, place.second, count});
    heat.largest = std::max(heat.largest, count);
  }
  for (size_t row = 0; row <= rows.count; ++row) {
    heat.edges.push_back(std::exp2(rows.low_power + static_cast<double>(row) / rows.per_octave));
  }
  heat.begin_x = columns.front().begin_s;
  heat.column_width = columns.front().end_s - columns.front().begin_s;
  return heat;
}

}  // namespace switchboard::load
