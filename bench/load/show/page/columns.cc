#include "bench/load/show/page/columns.h"

#include <algorithm>
#include <cmath>

namespace switchboard::load {
namespace {

constexpr double kMostOfThem = 0.8;
constexpr double kShortestRest = 0.1;  // of a unit; a shorter one goes to the column before

// A bin or a second.
struct Unit {
  uint64_t messages = 0;
  uint64_t errors = 0;
  const Histogram* latency = nullptr;  // none if nothing was answered
};
struct Units {
  std::vector<Unit> all;
  double length_s = 1;
  int precision_bits = Histogram::kCoarse;
};

Units UnitsOf(const Report& report) {
  Units units;
  if (report.bins.all().empty()) {
    for (const Second* each : WholeTimeline(report)) {
      units.all.push_back({each->messages, each->errors, &each->latency});
    }
    return units;
  }
  units.length_s = static_cast<double>(report.bins.bin_ns()) / 1e9;
  units.precision_bits = Bin::kPrecisionBits;
  for (const Bin& each : report.bins.all()) {
    units.all.push_back({each.latency.count(), each.errors, &each.latency});
  }
  // What nothing was answered in at the end was measured, too.
  const double whole = std::ceil(report.seconds / units.length_s - kShortestRest);
  const auto most = static_cast<double>(2 * Bins::kMost);
  const auto count = static_cast<size_t>(std::clamp(whole, 0.0, most));
  if (units.all.size() < count) units.all.resize(count);
  return units;
}

bool Tells(const Column& column, double percent) { return column.latency.Tells(percent); }

template <typename Does>
Columns WideEnough(Columns columns, Does does) {
  while (columns.size() > 1) {
    const auto any = [](const Column& column) { return column.messages > 0; };
    const auto answered = static_cast<double>(std::ranges::count_if(columns, any));
    const auto doing = static_cast<double>(std::ranges::count_if(columns, does));
    if (doing >= kMostOfThem * answered) break;
    columns = InPairs(columns);
  }
  return columns;
}

}  // namespace

Columns ColumnsOf(const Report& report, size_t most, double least_s) {
  const Units units = UnitsOf(report);
  const double length_s = units.length_s;
  size_t count = units.all.size();
  const double rest_s = report.seconds - static_cast<double>(count - 1) * length_s;
  if (count > 1 && rest_s < kShortestRest * length_s) --count;
  const auto least = static_cast<size_t>(std::ceil(least_s / length_s - kShortestRest));
  const size_t step = std::max({size_t{1}, (count + most - 1) / most, least});
  Columns columns;
  for (size_t begin = 0; begin < count; begin += step) {
    columns.push_back({.begin_s = static_cast<double>(begin) * length_s,
                       .end_s = static_cast<double>(begin + step) * length_s,
                       .latency = Histogram(units.precision_bits)});
  }
  if (columns.empty()) return columns;
  if (report.seconds > columns.back().begin_s) columns.back().end_s = report.seconds;
  for (size_t i = 0; i < units.all.size(); ++i) {
    const Unit& unit = units.all[i];
    Column& column = columns[std::min(i / step, columns.size() - 1)];
    column.messages += unit.messages;
    column.errors += unit.errors;
    if (unit.latency != nullptr) column.latency.Merge(*unit.latency);
  }
  return columns;
}

Columns InPairs(const Columns& columns) {
  Columns pairs;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i % 2 == 0) {
      pairs.push_back(columns[i]);
      continue;
    }
    Column& pair = pairs.back();
    pair.end_s = columns[i].end_s;
    pair.messages += columns[i].messages;
    pair.errors += columns[i].errors;
    pair.latency.Merge(columns[i].latency);
  }
  return pairs;
}

Columns Telling(Columns columns, double percent) {
  return WideEnough(std::move(columns),
                    [=](const Column& column) { return Tells(column, percent); });
}

Columns Holding(Columns columns, uint64_t messages) {
  return WideEnough(std::move(columns),
                    [=](const Column& column) { return column.messages >= messages; });
}

}  // namespace switchboard::load
