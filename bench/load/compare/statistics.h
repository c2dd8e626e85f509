// What a few noisy rounds allow to be said: medians, how far to trust one, and whether two servers
// differ at all.
//
// Nothing here assumes a normal distribution, because rounds on a shared machine do not have one: a
// neighbour that wakes up makes a few rounds slow and leaves the rest alone.
//
// Functions without state; any thread. Samples must not be empty.

#ifndef SWITCHBOARD_BENCH_LOAD_COMPARE_STATISTICS_H_
#define SWITCHBOARD_BENCH_LOAD_COMPARE_STATISTICS_H_

#include <cstdint>
#include <span>
#include <vector>

namespace switchboard::load {

// The middle value, or the mean of the two in the middle.
double Median(std::vector<double> sample);

struct Interval {
  double low = 0;
  double high = 0;
};

// Where the median of what `sample` was drawn from lies, with the given confidence (0.95): the
// percentile bootstrap, in 10,000 resamples. The same `seed` gives the same interval. It never
// leaves the range of the sample, so fewer than 6 values cannot hold 95 %.
Interval BootstrapMedianInterval(std::span<const double> sample, double confidence, uint64_t seed);

// The two-sided p-value of the Mann-Whitney U test: how likely samples that differ this much, in
// either direction, would be if both came from the same distribution. Exact for up to 25 values
// each without ties, otherwise by the normal approximation with corrections for continuity and
// ties. Mann and Whitney, 1947, doi:10.1214/aoms/1177730491.
double MannWhitneyP(std::span<const double> a, std::span<const double> b);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_COMPARE_STATISTICS_H_
