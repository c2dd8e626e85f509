#include "bench/load/compare/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace switchboard::load {
namespace {

constexpr size_t kMostForExact = 50;

// Twice the ranks of the sizes of `differences`, ties sharing theirs, so that all are whole.
std::vector<size_t> DoubledRanks(const std::vector<double>& differences) {
  std::vector<double> sizes;
  for (const double each : differences) sizes.push_back(std::abs(each));
  std::ranges::sort(sizes);
  std::vector<size_t> ranks;
  for (const double each : differences) {
    const auto [first, last] = std::equal_range(sizes.begin(), sizes.end(), std::abs(each));
    ranks.push_back(static_cast<size_t>(first - sizes.begin()) + 1 +
                    static_cast<size_t>(last - sizes.begin()));
  }
  return ranks;
}

// The probability of a sum of at most `sum`, each rank being in it or not as likely as the other.
double ExactLowerTail(const std::vector<size_t>& ranks, size_t sum) {
  std::vector<double> probability(std::accumulate(ranks.begin(), ranks.end(), size_t{1}), 0);
  probability[0] = 1;
  for (const size_t rank : ranks) {
    for (size_t i = probability.size(); i-- > 0;) {
      const double without = probability[i], with = i >= rank ? probability[i - rank] : 0;
      probability[i] = (without + with) / 2;
    }
  }
  return std::accumulate(probability.begin(),
                         probability.begin() + static_cast<std::ptrdiff_t>(sum) + 1, 0.0);
}

double NormalTwoSided(const std::vector<size_t>& ranks, size_t sum) {
  double mean = 0, variance = 0;
  for (const size_t rank : ranks) {
    mean += static_cast<double>(rank) / 2;
    variance += static_cast<double>(rank * rank) / 4;
  }
  const double distance = std::max(0.0, mean - static_cast<double>(sum) - 1);
  return std::erfc(distance / std::sqrt(2 * variance));
}

}  // namespace

double Median(std::vector<double> sample) {
  const auto middle = sample.begin() + static_cast<std::ptrdiff_t>(sample.size() / 2);
  std::nth_element(sample.begin(), middle, sample.end());
  if (sample.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(sample.begin(), middle)) / 2;
}

// Fewer than k values lie below the median as often as fewer than k of as many coins show heads.
Interval MedianInterval(std::vector<double> sample, double confidence) {
  std::ranges::sort(sample);
  const size_t n = sample.size();
  double exactly = std::pow(0.5, static_cast<double>(n));  // k heads, from k = 0
  double outside = 2 * exactly;
  size_t k = 0;
  for (;;) {
    exactly *= static_cast<double>(n - k) / static_cast<double>(k + 1);
    const bool room = 2 * (k + 1) < n - 1;
    if (!room || outside + 2 * exactly > 1 - confidence) break;
    outside += 2 * exactly;
    ++k;
  }
  return {sample[k], sample[n - 1 - k], 1 - outside};
}

double SignedRankP(std::span<const double> differences) {
  std::vector<double> signed_ones;
  for (const double each : differences) {
    if (each != 0) signed_ones.push_back(each);
  }
  const std::vector<size_t> ranks = DoubledRanks(signed_ones);
  size_t above = 0, all = 0;
  for (size_t i = 0; i < ranks.size(); ++i) {
    all += ranks[i];
    if (signed_ones[i] > 0) above += ranks[i];
  }
  if (all == 0) return 1;
  const size_t smaller = std::min(above, all - above);
  if (ranks.size() > kMostForExact) return NormalTwoSided(ranks, smaller);
  return std::min(1.0, 2 * ExactLowerTail(ranks, smaller));
}

}  // namespace switchboard::load
