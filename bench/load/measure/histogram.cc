#include "bench/load/measure/histogram.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace switchboard::load {

Histogram::Histogram(int precision_bits) : precision_bits_(precision_bits) {
  buckets_.resize(IndexOf(kHighestNs) + 1);
}

void Histogram::Merge(const Histogram& other) {
  if (other.precision_bits_ != precision_bits_) {
    throw std::invalid_argument("histograms of different precision cannot be merged");
  }
  // No bucket has more than the count.
  if (__builtin_add_overflow(count_, other.count_, &count_) ||
      __builtin_add_overflow(sum_ns_, other.sum_ns_, &sum_ns_)) {
    throw std::invalid_argument("the sum of their histograms is more than a number holds");
  }
  for (size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  below_ += other.below_;
  above_ += other.above_;
  min_ns_ = std::min(min_ns_, other.min_ns_);
  max_ns_ = std::max(max_ns_, other.max_ns_);
}

void Histogram::Clear() {
  if (count_ == 0) return;
  std::fill(buckets_.begin(), buckets_.end(), 0);
  count_ = below_ = above_ = 0;
  sum_ns_ = max_ns_ = 0;
  min_ns_ = INT64_MAX;
}

int64_t Histogram::PercentileNs(double percent) const {
  if (count_ == 0) return 0;
  // 99.9 % of 1000 is 999 exactly, whatever the rounding of 99.9 says.
  const double wanted = std::ceil(static_cast<double>(count_) * percent / 100.0 * (1 - 1e-12));
  const uint64_t rank = std::clamp<uint64_t>(static_cast<uint64_t>(wanted), 1, count_);
  uint64_t passed = below_;
  if (rank <= passed) return std::min(kLowestNs, max_ns_);
  for (size_t i = 0; i < buckets_.size(); ++i) {
    passed += buckets_[i];
    if (rank <= passed) {
      return std::min(BucketRangeNs(static_cast<uint32_t>(i)).second, max_ns_);
    }
  }
  return max_ns_;
}

bool Histogram::Tells(double percent) const {
  constexpr double kFewestBeyond = 10;
  if (percent >= 100) return count_ > 0;
  // As many as 1000 values have beyond their p99, whatever the rounding of 0.99 says.
  return static_cast<double>(count_) * (1 - percent / 100) * (1 + 1e-12) >= kFewestBeyond;
}

uint64_t Histogram::CountAbove(int64_t value_ns) const {
  if (value_ns < kLowestNs) return count_ - below_;
  if (value_ns >= kHighestNs) return above_;
  uint64_t count = above_;
  for (size_t i = IndexOf(value_ns) + 1; i < buckets_.size(); ++i) count += buckets_[i];
  return count;
}

double Histogram::EstimateAbove(int64_t value_ns) const {
  const auto above = static_cast<double>(CountAbove(value_ns));
  if (value_ns < kLowestNs || value_ns > kHighestNs) return above;
  const size_t index = IndexOf(value_ns);
  const auto [first_ns, last_ns] = BucketRangeNs(static_cast<uint32_t>(index));
  const double beyond =
      static_cast<double>(last_ns - value_ns) / static_cast<double>(last_ns - first_ns + 1);
  return above + beyond * static_cast<double>(buckets_[index]);
}

Histogram::Sparse Histogram::ToSparse() const {
  Sparse sparse;
  for (size_t i = 0; i < buckets_.size(); ++i) {
    if (buckets_[i] != 0) sparse.emplace_back(static_cast<uint32_t>(i), buckets_[i]);
  }
  return sparse;
}

Histogram Histogram::FromSparse(int precision_bits, const Sparse& buckets, uint64_t below,
                                uint64_t above, int64_t sum_ns, int64_t min_ns, int64_t max_ns) {
  if (precision_bits < 1 || precision_bits > 16) {
    throw std::invalid_argument("a histogram's precision must be 1 to 16 bits, not " +
                                std::to_string(precision_bits));
  }
  Histogram histogram(precision_bits);
  histogram.below_ = below;
  histogram.above_ = above;
  const auto count = [&](uint64_t more) {
    if (__builtin_add_overflow(histogram.count_, more, &histogram.count_)) {
      throw std::invalid_argument("a histogram has more values than a number holds");
    }
  };
  count(below);
  count(above);
  for (const auto& [index, values] : buckets) {
    if (index >= histogram.buckets_.size()) {
      throw std::invalid_argument("a histogram has no bucket " + std::to_string(index));
    }
    histogram.buckets_[index] += values;
    count(values);
  }
  if (histogram.count_ != 0 && min_ns > max_ns) {
    throw std::invalid_argument("a histogram's smallest value is above its largest");
  }
  if (sum_ns < 0 || max_ns < 0 || (histogram.count_ != 0 && min_ns < 0)) {
    throw std::invalid_argument("a histogram has durations below 0");
  }
  histogram.sum_ns_ = sum_ns;
  if (histogram.count_ != 0) histogram.min_ns_ = min_ns;
  if (histogram.count_ != 0) histogram.max_ns_ = max_ns;
  return histogram;
}

std::pair<int64_t, int64_t> Histogram::BucketRangeNs(uint32_t index) const {
  const int power = static_cast<int>(index >> precision_bits_) + kLowestPower;
  const uint64_t buckets = uint64_t{1} << precision_bits_;
  const uint64_t mantissa = (index & (buckets - 1)) | buckets;
  // Below 2^precision there are more buckets than whole nanoseconds; each value has one of its own.
  if (power <= precision_bits_) {
    const auto value = static_cast<int64_t>(mantissa >> (precision_bits_ - power));
    return {value, value};
  }
  const int shift = power - precision_bits_;
  const auto first = static_cast<int64_t>(mantissa << shift);
  return {first, first + (int64_t{1} << shift) - 1};
}

}  // namespace switchboard::load
