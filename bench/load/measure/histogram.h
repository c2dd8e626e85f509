// A log-linear histogram of durations from 100 ns to 1 hour.
//
// Each power of two is cut into 2^precision equal buckets, so a bucket is never wider than
// 2^-precision of its values: 0.1 % at the default of 10 bits, three significant digits. Values out
// of the range are counted apart, below or above, and keep their place in the order. Two histograms
// of one precision add up to exactly the histogram of all their values; percentiles of several runs
// come from the sum, never from averages.
//
// One owner, one thread. Recording allocates nothing.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_HISTOGRAM_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_HISTOGRAM_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace switchboard::load {

// The percentiles that reports show: the key in files and options, and the name for people.
struct Percentile {
  const char* key;
  const char* name;
  double percent;
};
inline constexpr Percentile kPercentiles[] = {
    {"p50", "p50", 50}, {"p75", "p75", 75},      {"p90", "p90", 90},         {"p95", "p95", 95},
    {"p99", "p99", 99}, {"p999", "p99.9", 99.9}, {"p9999", "p99.99", 99.99}, {"max", "max", 100}};

class Histogram {
 public:
  static constexpr int64_t kLowestNs = 100;
  static constexpr int64_t kHighestNs = 3'600'000'000'000;  // 1 hour
  static constexpr int kFine = 10;                          // 0.1 %
  static constexpr int kMedium = 7;                         // 0.8 %, for a slice of a run
  static constexpr int kCoarse = 5;                         // 3 %, for one second of a timeline

  // [bucket index, count], in rising order of the index, of the buckets that are not empty.
  using Sparse = std::vector<std::pair<uint32_t, uint64_t>>;

  explicit Histogram(int precision_bits = kFine);

  void Record(int64_t value_ns, uint64_t times = 1) {
    count_ += times;
    sum_ns_ += value_ns * static_cast<int64_t>(times);
    if (value_ns > max_ns_) max_ns_ = value_ns;
    if (value_ns < min_ns_) min_ns_ = value_ns;
    if (value_ns < kLowestNs) {
      below_ += times;
    } else if (value_ns > kHighestNs) {
      above_ += times;
    } else {
      buckets_[IndexOf(value_ns)] += times;
    }
  }

  // Adds every value of `other`. Throws std::invalid_argument if it has another precision, or there
  // are more than a number holds.
  void Merge(const Histogram& other);
  void Clear();

  // The smallest value that at least `percent` of all values do not exceed, rounded up to its
  // bucket's end and never above the largest value seen. 0 if nothing was recorded.
  int64_t PercentileNs(double percent) const;

  // Whether enough values lie beyond that percentile to tell it: 10. The largest is always known
  // where there is a value at all.
  bool Tells(double percent) const;

  // How many values are larger than `value_ns`, to a bucket's width.
  uint64_t CountAbove(int64_t value_ns) const;

  // The same, with the values of its bucket as if they lay evenly in it.
  double EstimateAbove(int64_t value_ns) const;

  uint64_t count() const { return count_; }
  uint64_t below() const { return below_; }
  uint64_t above() const { return above_; }
  int64_t sum_ns() const { return sum_ns_; }
  int64_t max_ns() const { return count_ == 0 ? 0 : max_ns_; }
  int64_t min_ns() const { return count_ == 0 ? 0 : min_ns_; }
  double MeanNs() const { return count_ == 0 ? 0 : static_cast<double>(sum_ns_) / count_; }
  int precision_bits() const { return precision_bits_; }

  // What a file needs to hold it: the buckets and the figures that they do not tell.
  Sparse ToSparse() const;
  // Throws std::invalid_argument if an index does not exist or the counts contradict each other.
  static Histogram FromSparse(int precision_bits, const Sparse& buckets, uint64_t below,
                              uint64_t above, int64_t sum_ns, int64_t min_ns, int64_t max_ns);

  // The range of values that the bucket `index` holds, both ends included.
  std::pair<int64_t, int64_t> BucketRangeNs(uint32_t index) const;

 private:
  static constexpr int kLowestPower = 6;  // 2^6 <= 100
  static constexpr int kHighestPower = 41;

  size_t IndexOf(int64_t value_ns) const {
    const auto value = static_cast<uint64_t>(value_ns);
    const int power = std::bit_width(value) - 1;
    const uint64_t mantissa = power >= precision_bits_ ? value >> (power - precision_bits_)
                                                       : value << (precision_bits_ - power);
    const auto octave = static_cast<uint64_t>(power - kLowestPower);
    return (octave << precision_bits_) + (mantissa & ((uint64_t{1} << precision_bits_) - 1));
  }

  int precision_bits_;
  uint64_t count_ = 0;
  uint64_t below_ = 0;
  uint64_t above_ = 0;
  int64_t sum_ns_ = 0;
  int64_t min_ns_ = INT64_MAX;
  int64_t max_ns_ = 0;
  std::vector<uint64_t> buckets_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_HISTOGRAM_H_
