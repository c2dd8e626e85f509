#include "bench/load/certainty/slices.h"

#include <algorithm>
#include <utility>

namespace switchboard::load {

Slices::Slices(int64_t shortest_ns, int precision_bits)
    : shortest_ns_(shortest_ns), slices_(kMost, Histogram(precision_bits)) {}

void Slices::Add(size_t index, const Histogram& latencies) {
  while (index / joined_ >= kMost) JoinPairs();
  used_ = std::max(used_, index / joined_ + 1);
  slices_[index / joined_].Merge(latencies);
}

void Slices::Clear() {
  for (Histogram& slice : slices_) slice.Clear();
  used_ = 0;
  joined_ = 1;
}

void Slices::JoinPairs() {
  static_assert(kMost % 2 == 0);
  for (size_t i = 0; i < kMost / 2; ++i) {
    slices_[2 * i].Merge(slices_[2 * i + 1]);
    std::swap(slices_[i], slices_[2 * i]);
  }
  for (size_t i = kMost / 2; i < kMost; ++i) slices_[i].Clear();
  used_ = (used_ + 1) / 2;
  joined_ *= 2;
}

}  // namespace switchboard::load
