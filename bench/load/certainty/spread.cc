#include "bench/load/certainty/spread.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace switchboard::load {
namespace {

// Neighbours that are independent correlate more than this in one case of ten.
constexpr double kFollowsNormal = 1.28;
constexpr double kMostCorrelation = 0.9;  // that can still be corrected for

using Series = std::vector<double>;

double Sum(std::span<const double> series) {
  double sum = 0;
  for (const double each : series) sum += each;
  return sum;
}

// What each part has of the one, less what it would be at the ratio of all: parts need not have
// equally much of the other.
Series Residuals(std::span<const double> numerators, std::span<const double> denominators,
                 double ratio) {
  Series residuals(numerators.begin(), numerators.end());
  for (size_t i = 0; i < residuals.size(); ++i) residuals[i] -= ratio * denominators[i];
  return residuals;
}

Series InPairs(const Series& series) {
  Series pairs;
  for (size_t i = 0; i < series.size(); i += 2) {
    pairs.push_back(series[i] + (i + 1 < series.size() ? series[i + 1] : 0));
  }
  return pairs;
}

struct Line {
  double slope = 0;
  double slope_spread = 0;  // its standard error, were the rest independent
  double variance = 0;      // of what it leaves over
  double correlation = 0;   // of what it leaves over, with its next
};

Line Fit(const Series& series) {
  const auto n = static_cast<double>(series.size());
  const double middle = (n - 1) / 2, times = n * (n * n - 1) / 12;
  Line line;
  double mean = 0;
  for (const double each : series) mean += each / n;
  for (size_t i = 0; i < series.size(); ++i) {
    line.slope += (static_cast<double>(i) - middle) * (series[i] - mean) / times;
  }
  double squares = 0, products = 0, before = 0;
  for (size_t i = 0; i < series.size(); ++i) {
    const double rest = series[i] - mean - line.slope * (static_cast<double>(i) - middle);
    squares += rest * rest;
    products += i == 0 ? 0 : rest * before;
    before = rest;
  }
  line.variance = squares / (n - 2);
  line.slope_spread = std::sqrt(line.variance / times);
  // The fit itself takes about 2/n from it, in a series without any.
  if (squares > 0) line.correlation = products / squares + 2 / n;
  return line;
}

bool Follows(const Line& line, size_t batches) {
  return line.correlation > kFollowsNormal / std::sqrt(static_cast<double>(batches));
}

// By how much a correlation between neighbours that fades from one to the next makes the variance
// of a sum larger.
double Inflation(double correlation) {
  const double bounded = std::clamp(correlation, 0.0, kMostCorrelation);
  return (1 + bounded) / (1 - bounded);
}

double SumOfSquares(const Series& series) {
  double sum = 0;
  for (const double each : series) sum += each * each;
  return sum;
}

}  // namespace

Spread SpreadOfRatio(std::span<const double> numerators, std::span<const double> denominators) {
  Spread spread;
  const double whole = Sum(denominators);
  spread.share = Sum(numerators) / whole;
  Series batches = Residuals(numerators, denominators, spread.share);
  Line line = Fit(batches);
  while (Follows(line, batches.size()) && batches.size() >= 2 * kFewestBatches) {
    batches = InPairs(batches);
    spread.joined *= 2;
    line = Fit(batches);
  }
  const auto n = static_cast<double>(batches.size());
  spread.batches = static_cast<int>(batches.size());
  spread.dependent = Follows(line, batches.size());
  const double inflation = Inflation(line.correlation);
  spread.standard_error = std::sqrt(SumOfSquares(batches) * n / (n - 1) * inflation) / whole;
  const double slope_spread = line.slope_spread * std::sqrt(inflation);
  if (slope_spread > 0) spread.trend = line.slope / slope_spread;
  return spread;
}

Spread SpreadBeyond(std::span<const Histogram> slices, int64_t value_ns) {
  Series beyond, messages;
  for (const Histogram& slice : slices) {
    beyond.push_back(slice.count() == 0 ? 0 : slice.EstimateAbove(value_ns));
    messages.push_back(static_cast<double>(slice.count()));
  }
  Spread spread = SpreadOfRatio(beyond, messages);
  // Never surer than with as many independent messages, whatever few or rounded values say.
  const double independent = std::sqrt(spread.share * (1 - spread.share) / Sum(messages));
  spread.standard_error = std::max(spread.standard_error, independent);
  return spread;
}

double StudentQuantile(double confidence, int degrees_of_freedom) {
  // The normal quantile, by bisection: it is asked for a few times a run.
  double low = 0, high = 10;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (std::erf(middle / std::sqrt(2.0)) < confidence ? low : high) = middle;
  }
  const double z = low, v = degrees_of_freedom;
  const double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
  return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v) +
         (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v);
}

}  // namespace switchboard::load
