#include "bench/load/measure/bins.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace switchboard::load {

void Bin::Add(const Bin& other) {
  if (__builtin_add_overflow(errors, other.errors, &errors)) {
    throw std::invalid_argument("the sum of its errors is more than a number holds");
  }
  latency.Merge(other.latency);
}

Bins::Bins(int64_t bin_ns, std::vector<Bin> bins)
    : bin_ns_(bin_ns), bins_(std::move(bins)), used_(bins_.size()) {
  constexpr int64_t kLongestNs = kShortestNs << 20;
  int64_t possible_ns = kShortestNs;
  while (possible_ns < bin_ns && possible_ns < kLongestNs) possible_ns *= 2;
  if (bin_ns != possible_ns) {
    throw std::invalid_argument("bins are 100 ms long, or that doubled, and not " +
                                std::to_string(bin_ns) + " ns");
  }
  for (const Bin& bin : bins_) {
    if (bin.latency.precision_bits() == Bin::kPrecisionBits) continue;
    throw std::invalid_argument("the histogram of a bin has a precision of its own");
  }
  if (used_ > kMost) {
    throw std::invalid_argument("there are at most " + std::to_string(kMost) + " bins, and not " +
                                std::to_string(used_));
  }
}

void Bins::MakeRoom(double seconds) {
  constexpr double kShortestS = static_cast<double>(kShortestNs) / 1e9;
  const auto most = static_cast<double>(kMost);
  const auto wanted = static_cast<size_t>(std::clamp(seconds / kShortestS + 1, 1.0, most));
  if (bins_.size() < wanted) bins_.resize(wanted);
  begin_ns_ = end_ns_ = 0;
}

void Bins::Add(const Bins& other, int64_t later_ns) {
  while (bin_ns_ < other.bin_ns_) JoinPairs();
  for (size_t i = 0; i < other.used_; ++i) {
    // By its middle, so that rounding goes to the nearer one.
    const auto index = static_cast<int64_t>(i);
    At(std::max<int64_t>(0, later_ns + index * other.bin_ns_ + other.bin_ns_ / 2))
        .Add(other.bins_[i]);
  }
}

void Bins::Seek(int64_t time_ns) {
  while (static_cast<size_t>(time_ns / bin_ns_) >= kMost) JoinPairs();
  const auto index = static_cast<size_t>(time_ns / bin_ns_);
  if (index >= bins_.size()) bins_.resize(index + 1);
  used_ = std::max(used_, index + 1);
  current_ = index;
  begin_ns_ = static_cast<int64_t>(index) * bin_ns_;
  end_ns_ = begin_ns_ + bin_ns_;
}

void Bins::JoinPairs() {
  const size_t before = std::exchange(used_, (used_ + 1) / 2);
  for (size_t i = 0; i < used_; ++i) {
    if (i > 0) std::swap(bins_[i], bins_[2 * i]);
    if (2 * i + 1 < before) bins_[i].Add(bins_[2 * i + 1]);
  }
  for (size_t i = used_; i < before; ++i) {
    bins_[i].errors = 0;
    bins_[i].latency.Clear();
  }
  bin_ns_ *= 2;
  begin_ns_ = end_ns_ = 0;
}

}  // namespace switchboard::load
