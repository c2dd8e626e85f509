#include "bench/load/certainty/assess.h"

#include <algorithm>
#include <cmath>

#include "bench/load/certainty/slices.h"
#include "bench/load/certainty/spread.h"

namespace switchboard::load {
namespace {

// By chance a median drifts in one run of a hundred.
constexpr double kTrendConfidence = 0.975;
constexpr double kPlain =
    2;  // times as long needs no test, which a leap would look to like dependence
constexpr double kWorthNaming = 0.075;  // of the percentile, from the first quarter to the last

// Messages that clearly depend on each other at one percentile do so at the next one, too, though
// too few may be seen there to tell. By chance the effect looks smaller than this.
constexpr double kClearEffect = 2;

Histogram SumOf(std::span<const Histogram> slices) {
  Histogram sum(slices.front().precision_bits());
  for (const Histogram& slice : slices) sum.Merge(slice);
  return sum;
}

// A percentile, between the ends of its bucket where the buckets are wide.
int64_t ValueAt(const Histogram& histogram, double percent) {
  if (histogram.precision_bits() >= Histogram::kFine) return histogram.PercentileNs(percent);
  const double wanted = static_cast<double>(histogram.count()) * percent / 100;
  auto passed = static_cast<double>(histogram.below());
  for (const auto& [index, count] : histogram.ToSparse()) {
    const auto here = static_cast<double>(count);
    if (passed + here >= wanted) {
      const auto [first_ns, last_ns] = histogram.BucketRangeNs(index);
      const double part = std::max(0.0, wanted - passed) / here;
      return first_ns + static_cast<int64_t>(part * static_cast<double>(last_ns - first_ns));
    }
    passed += here;
  }
  return histogram.max_ns();
}

bool Enough(std::span<const Histogram> slices) {
  const auto any = [](const Histogram& slice) { return slice.count() > 0; };
  return slices.size() >= kFewestBatches &&
         std::ranges::count_if(slices, any) >= kFewestBatches / 2;
}

// The percentiles at which a share is still within chance of the one that was asked for.
LatencyInterval IntervalOf(const Histogram& latency, double percent, const Spread& spread) {
  const double margin =
      100 * StudentQuantile(kIntervalConfidence, spread.batches - 1) * spread.standard_error;
  LatencyInterval interval{.percent = percent, .value_ns = ValueAt(latency, percent)};
  if (percent - margin > 0) interval.low_ns = ValueAt(latency, percent - margin);
  if (percent + margin < 100) interval.high_ns = ValueAt(latency, percent + margin);
  return interval;
}

// The percentiles to give intervals of, in rising order.
std::vector<double> Percents(const Histogram& latency, const std::vector<Wish>& wishes) {
  std::vector<double> percents;
  for (const Percentile& each : kPercentiles) {
    if (each.percent < 100 && latency.Tells(each.percent)) percents.push_back(each.percent);
  }
  for (const Wish& wish : wishes) {
    if (std::ranges::count(percents, wish.percent) == 0) percents.push_back(wish.percent);
  }
  std::ranges::sort(percents);
  return percents;
}

// How many times the variance of the share is that of as many independent messages.
double EffectOfDependence(const Spread& spread, double messages) {
  const double independent = spread.share * (1 - spread.share) / messages;
  return independent > 0 ? spread.standard_error * spread.standard_error / independent : 1;
}

Drift FirstDrift(std::span<const Histogram> slices, const std::vector<Wish>& wishes) {
  const Drift median = FindDrift(slices, 50);
  if (median.found) return median;
  for (const Wish& wish : wishes) {
    const Drift drift = FindDrift(slices, wish.percent);
    if (drift.found) return drift;
  }
  return median;
}

}  // namespace

Drift FindDrift(std::span<const Histogram> slices, double percent) {
  Drift drift{.percent = percent};
  if (!Enough(slices)) return drift;
  const size_t quarter = slices.size() / 4;
  const Histogram first = SumOf(slices.first(quarter)), last = SumOf(slices.last(quarter));
  if (!first.Tells(percent) || !last.Tells(percent)) return drift;
  drift.first_ns = first.PercentileNs(percent);
  drift.last_ns = last.PercentileNs(percent);
  const auto [low_ns, high_ns] = std::minmax(drift.first_ns, drift.last_ns);
  if (static_cast<double>(high_ns) <= static_cast<double>(low_ns) * (1 + kWorthNaming))
    return drift;
  if (static_cast<double>(high_ns) > static_cast<double>(low_ns) * kPlain) {
    drift.found = true;
    return drift;
  }
  const Spread spread = SpreadBeyond(slices, SumOf(slices).PercentileNs(percent));
  drift.found = std::abs(spread.trend) > StudentQuantile(kTrendConfidence, spread.batches - 2);
  return drift;
}

Certainty Assess(const Histogram& latency, std::span<const Histogram> slices, double slice_s,
                 const std::vector<Wish>& wishes) {
  Certainty certainty;
  if (!Enough(slices)) return certainty;
  certainty.drift = FirstDrift(slices, wishes);
  double effect_before = 1;
  for (const double percent : Percents(latency, wishes)) {
    Spread spread = SpreadBeyond(slices, ValueAt(latency, percent));
    const double effect = EffectOfDependence(spread, static_cast<double>(latency.count()));
    if (effect < effect_before) spread.standard_error *= std::sqrt(effect_before / effect);
    effect_before = effect > kClearEffect ? effect : 1;
    certainty.intervals.push_back(IntervalOf(latency, percent, spread));
    certainty.dependent |= spread.dependent;
    if (certainty.batches != 0 && spread.batches >= certainty.batches) continue;
    certainty.batches = spread.batches;
    certainty.batch_s = slice_s * spread.joined;
  }
  return certainty;
}

Certainty AssessTimeline(const Report& report) {
  constexpr int64_t kSecondNs = 1'000'000'000;
  Slices slices(kSecondNs, Histogram::kCoarse);
  size_t second = 0;
  for (const Second* each : WholeTimeline(report)) slices.Add(second++, each->latency);
  return Assess(report.latency, slices.all(), static_cast<double>(slices.slice_ns()) / 1e9,
                report.options.until);
}

}  // namespace switchboard::load
