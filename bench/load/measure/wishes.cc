#include "bench/load/measure/wishes.h"

#include <algorithm>
#include <cmath>

#include "bench/load/base/units.h"

namespace switchboard::load {
namespace {

// What is estimated from a short run is off by so much that a little more is asked for.
constexpr double kReserve = 1.3;
// Of batches that follow each other, several times as long ones may not.
constexpr double kDependentFactor = 8;

// "2.5 %".
std::string ShareText(double share) {
  return Format(share < 0.1 ? "%.2g %%" : "%.0f %%", 100 * share);
}

// Rounded up to two digits.
std::string SecondsText(double seconds) {
  const double step = std::pow(10, std::floor(std::log10(seconds)) - 1);
  return Format("%.6g", std::ceil(seconds / step) * step);
}

const LatencyInterval* IntervalOf(const Report& report, const Wish& wish) {
  const LatencyInterval* const interval = report.certainty.Of(wish.percent);
  return interval != nullptr && report.latency.Tells(wish.percent) ? interval : nullptr;
}

// How many times as many messages it takes until so rare ones are known so well, where they thin
// out evenly (one in ten is twice as long as one in three, and so on) and there are `count` now.
double FactorForRare(const Wish& wish, uint64_t count) {
  const double beyond = 1 - wish.percent / 100;
  const double needed = std::pow(2 / (wish.within * std::log(1 / beyond)), 2) / beyond;
  return std::max(2.0, needed / static_cast<double>(std::max<uint64_t>(1, count)));
}

}  // namespace

std::string PercentileName(double percent) { return Format("p%.6g", percent); }

std::string WishText(const Report& report, const Wish& wish) {
  const std::string text = PercentileName(wish.percent) + " within " + ShareText(wish.within);
  const LatencyInterval* const interval = IntervalOf(report, wish);
  if (interval == nullptr || !interval->Known()) return text + ": not known";
  return text + ": known to " + ShareText(interval->Width());
}

std::string DriftText(const Report& report) {
  const Drift& drift = report.certainty.drift;
  if (!drift.found) return "";
  return PercentileName(drift.percent) + (drift.last_ns > drift.first_ns ? " rose" : " fell") +
         " from " + DurationText(drift.first_ns) + " in the first quarter of the run to " +
         DurationText(drift.last_ns) + " in the last";
}

std::vector<std::string> WhatIsTooShort(const Report& report) {
  std::vector<std::string> reasons;
  if (report.certainty.drift.found) return reasons;
  double factor = 1;  // how many times as long a run would do
  const char* sure = " would do";
  const auto add = [&](const std::string& reason, double takes) {
    reasons.push_back(reason);
    factor = std::max(factor, takes);
  };
  for (const Wish& wish : report.options.until) {
    const LatencyInterval* const interval = IntervalOf(report, wish);
    const std::string name = PercentileName(wish.percent);
    if (interval == nullptr || !interval->Known()) {
      sure = " is the least that would do";
      add(name + " is not known from so few messages", FactorForRare(wish, report.latency.count()));
    } else if (interval->Width() > wish.within) {
      add(name + " is known to " + ShareText(interval->Width()) + " and not to " +
              ShareText(wish.within),
          std::pow(interval->Width() / wish.within, 2));
    }
  }
  if (!report.options.until.empty() && report.certainty.dependent) {
    sure = " is the least that would do";
    add(Format("even batches of %.3g s follow each other", report.certainty.batch_s),
        kDependentFactor);
  }
  if (reasons.empty()) return reasons;
  const double seconds = std::max(report.seconds, 1.0) * factor * kReserve;
  reasons.back() += "; --duration " + SecondsText(seconds) + sure;
  return reasons;
}

}  // namespace switchboard::load
