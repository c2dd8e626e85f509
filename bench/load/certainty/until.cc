#include "bench/load/certainty/until.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "bench/load/base/units.h"
#include "bench/load/certainty/assess.h"
#include "bench/load/certainty/spread.h"

namespace switchboard::load {
namespace {

// What is still under way when it ends counts as well, and may make an interval a little wider.
constexpr double kMargin = 0.95;
// The slices of the shortest run that it ends, 1.28 s: no run shorter than that is like another.
constexpr size_t kFewestSlices = 64;
constexpr double kGrowth = 1.125;  // from one look to the next
constexpr size_t kFewestToSettle = 32;

Histogram SumOf(std::span<const Histogram> slices) {
  Histogram sum(slices.front().precision_bits());
  for (const Histogram& slice : slices) sum.Merge(slice);
  return sum;
}

// What moves smoothly looks like messages that depend on each other over the whole time; until
// there is more to see it is taken for the former.
bool Moves(std::span<const Histogram> slices, const std::vector<Wish>& wishes) {
  const Histogram sum = SumOf(slices);
  if (sum.count() == 0 || SpreadBeyond(slices, sum.PercentileNs(50)).dependent) return true;
  const auto drifts = [&](const Wish& wish) { return FindDrift(slices, wish.percent).found; };
  return FindDrift(slices, 50).found || std::ranges::any_of(wishes, drifts);
}

}  // namespace

bool Until::TimeToLook() {
  const auto span_ns = static_cast<int64_t>(slices_.all().size()) * slices_.slice_ns();
  if (static_cast<double>(span_ns) < static_cast<double>(looked_ns_) * kGrowth) return false;
  looked_ns_ = span_ns;
  return true;
}

bool Until::Settled() {
  const std::span<const Histogram> all = slices_.all();
  if (all.size() < kFewestToSettle || !TimeToLook()) return false;
  return !Moves(all.subspan(all.size() / 2), wishes_);
}

void Until::StartMeasuring() {
  slices_.Clear();
  looked_ns_ = 0;
  was_fulfilled_ = false;
}

bool Until::Known() {
  const std::span<const Histogram> all = slices_.all();
  if (all.size() < kFewestSlices || !TimeToLook()) return false;
  const Histogram sum = SumOf(all);
  const Certainty certainty =
      Assess(sum, all, static_cast<double>(slices_.slice_ns()) / 1e9, wishes_);
  double farthest = 0;
  for (const Wish& wish : wishes_) {
    const LatencyInterval* const interval = certainty.Of(wish.percent);
    const double width =
        interval == nullptr || !sum.Tells(wish.percent) ? INFINITY : interval->Width();
    if (width / wish.within <= farthest) continue;
    farthest = width / wish.within;
    state_ = std::isinf(width) ? Format("p%.6g not yet known", wish.percent)
                               : Format("p%.6g to %.2g %%", wish.percent, 100 * width);
  }
  const bool fulfilled = farthest <= kMargin && !certainty.dependent && !certainty.drift.found;
  return std::exchange(was_fulfilled_, fulfilled) && fulfilled;
}

}  // namespace switchboard::load
