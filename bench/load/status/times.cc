#include "bench/load/status/times.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace switchboard::load {
namespace {

double BeginOf(int step) {
  return step == 0 ? 0 : static_cast<double>(TimeHistogram::EndOf(step - 1));
}
double EndOf(int step) { return static_cast<double>(TimeHistogram::EndOf(step)); }

// Of all times, `value` of the middle of their step, added up.
template <typename Value>
double Sum(const TimeHistogram& times, Value value) {
  double sum = 0;
  for (int i = 0; i < TimeHistogram::kSteps; ++i) {
    const auto count = static_cast<double>(times.counts[static_cast<size_t>(i)]);
    if (count > 0) sum += count * value((BeginOf(i) + EndOf(i)) / 2);
  }
  return sum;
}

}  // namespace

TimeHistogram Difference(const TimeHistogram& after, const TimeHistogram& before) {
  TimeHistogram difference = after;
  bool is_same = after.sum_ns >= before.sum_ns;
  for (size_t i = 0; i < before.counts.size(); ++i) {
    is_same = is_same && after.counts[i] >= before.counts[i];
    difference.counts[i] -= before.counts[i];
  }
  if (!is_same) {
    throw std::runtime_error(
        "the server's counts went back while they were read; was it started anew?");
  }
  difference.sum_ns -= before.sum_ns;
  return difference;
}

double MeanNs(const TimeHistogram& times) {
  const uint64_t count = times.count();
  return count == 0 ? 0 : static_cast<double>(times.sum_ns) / static_cast<double>(count);
}

double CoefficientOfVariation(const TimeHistogram& times) {
  const auto count = static_cast<double>(times.count());
  if (count == 0) return 0;
  const double mean = Sum(times, [](double ns) { return ns; }) / count;
  const double square = Sum(times, [&](double ns) { return (ns - mean) * (ns - mean); }) / count;
  return std::sqrt(square) / mean;
}

double CountBeyond(const TimeHistogram& times, double ns) {
  double sum = 0;
  for (int i = 0; i < TimeHistogram::kSteps; ++i) {
    const double part = (EndOf(i) - ns) / (EndOf(i) - BeginOf(i));
    sum += static_cast<double>(times.counts[static_cast<size_t>(i)]) * std::clamp(part, 0.0, 1.0);
  }
  return sum;
}

}  // namespace switchboard::load
