#include "bench/load/compare/statistics.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace switchboard::load {
namespace {

constexpr int kResamples = 10'000;
// Up to here every number in ExactLowerTail is whole and below 2^53.
constexpr size_t kMostForExact = 25;

// How often a value of `a` is above one of `b`; a tie is half.
double UStatistic(std::span<const double> a, std::span<const double> b) {
  double u = 0;
  for (const double x : a) {
    for (const double y : b) u += x > y ? 1 : x == y ? 0.5 : 0;
  }
  return u;
}

// Sum of t^3 - t over the groups of t equal values; 0 if all differ.
double TieTerm(std::span<const double> a, std::span<const double> b) {
  std::vector<double> all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  std::ranges::sort(all);
  double sum = 0;
  for (auto group = all.begin(); group != all.end();) {
    const auto end = std::upper_bound(group, all.end(), *group);
    const auto t = static_cast<double>(end - group);
    sum += t * t * t - t;
    group = end;
  }
  return sum;
}

// The probability of a U of at most `u`, all orders of n and m different values being as likely.
double ExactLowerTail(size_t n, size_t m, size_t u) {
  // ways[u] for j values of a and all of b seen so far: the number of orders that give u is the
  // coefficient of x^u in the Gaussian binomial, the product of (1 - x^(m+j)) / (1 - x^j).
  std::vector<double> ways(n * m + 1, 0);
  ways[0] = 1;
  for (size_t j = 1; j <= n; ++j) {
    for (size_t i = ways.size(); i-- > m + j;) ways[i] -= ways[i - m - j];
    for (size_t i = j; i < ways.size(); ++i) ways[i] += ways[i - j];
  }
  double tail = 0, all = 0;
  for (size_t i = 0; i < ways.size(); ++i) {
    all += ways[i];
    if (i <= u) tail += ways[i];
  }
  return tail / all;
}

double NormalTwoSided(size_t n, size_t m, double u, double tie_term) {
  const auto product = static_cast<double>(n * m);
  const auto total = static_cast<double>(n + m);
  const double variance = product / 12 * (total + 1 - tie_term / (total * (total - 1)));
  if (variance <= 0) return 1;  // all values are equal
  const double distance = std::max(0.0, std::abs(u - product / 2) - 0.5);
  return std::erfc(distance / std::sqrt(2 * variance));
}

}  // namespace

double Median(std::vector<double> sample) {
  const auto middle = sample.begin() + static_cast<std::ptrdiff_t>(sample.size() / 2);
  std::nth_element(sample.begin(), middle, sample.end());
  if (sample.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(sample.begin(), middle)) / 2;
}

Interval BootstrapMedianInterval(std::span<const double> sample, double confidence, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<double> medians;
  medians.reserve(kResamples);
  std::vector<double> resample(sample.size());
  for (int i = 0; i < kResamples; ++i) {
    for (double& value : resample) value = sample[random() % sample.size()];
    medians.push_back(Median(resample));
  }
  std::ranges::sort(medians);
  const auto cut = static_cast<size_t>(std::round((1 - confidence) / 2 * kResamples));
  return {medians[cut], medians[medians.size() - 1 - cut]};
}

double MannWhitneyP(std::span<const double> a, std::span<const double> b) {
  const double u = UStatistic(a, b);
  const double tie_term = TieTerm(a, b);
  if (tie_term > 0 || std::max(a.size(), b.size()) > kMostForExact) {
    return NormalTwoSided(a.size(), b.size(), u, tie_term);
  }
  const double smaller = std::min(u, static_cast<double>(a.size() * b.size()) - u);
  return std::min(1.0, 2 * ExactLowerTail(a.size(), b.size(), static_cast<size_t>(smaller)));
}

}  // namespace switchboard::load
