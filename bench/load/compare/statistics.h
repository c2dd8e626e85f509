// What a few noisy rounds allow to be said: medians, how far to trust one, and whether two servers
// differ at all.
//
// Nothing here assumes a normal distribution, because rounds on a shared machine do not have one: a
// neighbour that wakes up makes a few rounds slow and leaves the rest alone. What is compared are
// the two servers of one round, so a round that is slow for both says as much as another.
//
// Functions without state; any thread. Samples must not be empty.

#ifndef SWITCHBOARD_BENCH_LOAD_COMPARE_STATISTICS_H_
#define SWITCHBOARD_BENCH_LOAD_COMPARE_STATISTICS_H_

#include <span>
#include <vector>

namespace switchboard::load {

// The middle value, or the mean of the two in the middle.
double Median(std::vector<double> sample);

struct Interval {
  double low = 0;
  double high = 0;
  double confidence = 0;  // what it really holds
};

// Where the median of what `sample` was drawn from lies: the narrowest interval between two of its
// values, equally far from either end, that holds it with `confidence`, whatever the distribution.
// Fewer than 6 values cannot hold 95 %; then it is the range of the sample.
Interval MedianInterval(std::vector<double> sample, double confidence);

// The two-sided p-value of the Wilcoxon signed-rank test of paired differences: how likely ones
// that lean this much to one side would be if either sign were as likely for each. Zeros are left
// out, ties share their ranks. Exact for up to 50 values, otherwise by the normal approximation.
// Wilcoxon, 1945, doi:10.2307/3001968.
double SignedRankP(std::span<const double> differences);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_COMPARE_STATISTICS_H_
