#include "bench/load/report/differences.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "bench/load/base/units.h"
#include "bench/load/certainty/spread.h"

namespace switchboard::load {
namespace {

// The bins that lie in the measured part as a whole: the last one may be cut short.
std::span<const Bin> WholeBins(const Report& report) {
  const std::span<const Bin> bins = report.bins.all();
  const double bin_s = static_cast<double>(report.bins.bin_ns()) / 1e9;
  const auto whole = static_cast<size_t>(std::max(0.0, std::floor(report.seconds / bin_s + 1e-6)));
  return bins.first(std::min(bins.size(), whole));
}

// Of the sum of what `numerator` says of each bin over that of `denominator`.
template <typename Numerator, typename Denominator>
std::optional<std::pair<double, double>> IntervalOf(const Report& report, double value,
                                                    Numerator numerator, Denominator denominator) {
  std::vector<double> above, below;
  for (const Bin& bin : WholeBins(report)) {
    above.push_back(numerator(bin));
    below.push_back(denominator(bin));
  }
  const bool any = std::ranges::any_of(below, [](double each) { return each > 0; });
  if (above.size() < static_cast<size_t>(kFewestBatches) || !any) return std::nullopt;
  const Spread spread = SpreadOfRatio(above, below);
  const double margin =
      StudentQuantile(kIntervalConfidence, spread.batches - 1) * spread.standard_error;
  return std::pair(std::max(0.0, value - margin), value + margin);
}

Estimate RateOf(const Report& report) {
  const double bin_s = static_cast<double>(report.bins.bin_ns()) / 1e9;
  const double rate = report.MessagesPerSecond();
  return {rate,
          IntervalOf(
              report, rate, [](const Bin& bin) { return static_cast<double>(bin.latency.count()); },
              [=](const Bin&) { return bin_s; })};
}

Estimate MeanOf(const Report& report) {
  const double mean = report.latency.MeanNs();
  return {mean, IntervalOf(
                    report, mean,
                    [](const Bin& bin) { return static_cast<double>(bin.latency.sum_ns()); },
                    [](const Bin& bin) { return static_cast<double>(bin.latency.count()); })};
}

std::optional<Estimate> PercentileOf(const Report& report, double percent) {
  if (!report.latency.Tells(percent)) return std::nullopt;
  const auto value = static_cast<double>(report.latency.PercentileNs(percent));
  const LatencyInterval* const interval = report.certainty.Of(percent);
  if (interval == nullptr || !interval->Known()) return Estimate{value, {}};
  return Estimate{value, std::pair(std::min(value, static_cast<double>(interval->low_ns)),
                                   std::max(value, static_cast<double>(interval->high_ns)))};
}

}  // namespace

std::optional<RatioEstimate> RatioOf(const Estimate& first, const Estimate& other) {
  if (!(first.value > 0) || !(other.value > 0)) return std::nullopt;
  RatioEstimate ratio{.ratio = other.value / first.value, .interval = {}};
  if (!first.interval || !other.interval) return ratio;
  const auto down = [](const Estimate& each) {
    return std::log(each.value / each.interval->first);
  };
  const auto up = [](const Estimate& each) { return std::log(each.interval->second / each.value); };
  const double middle = std::log(ratio.ratio);
  // An end at 0 is infinitely far, and the ratio's then, too.
  ratio.interval = {std::exp(middle - std::hypot(down(other), up(first))),
                    std::exp(middle + std::hypot(up(other), down(first)))};
  if (!(ratio.interval->first > 0) || !std::isfinite(ratio.interval->second)) {
    ratio.interval.reset();
  }
  return ratio;
}

std::vector<ComparedFigure> FiguresOf(const Report& report) {
  const bool known = report.verification.Passed() && report.messages > 0;
  std::vector<ComparedFigure> figures;
  const auto add = [&](const char* name, bool is_duration, std::optional<Estimate> estimate) {
    figures.push_back({name, is_duration, known ? std::move(estimate) : std::nullopt});
  };
  add("messages/s", false, RateOf(report));
  add("mean", true, MeanOf(report));
  for (const Percentile& each : kPercentiles) {
    add(each.name, true, PercentileOf(report, each.percent));
  }
  return figures;
}

std::optional<RatioEstimate> RatioOf(const ComparedFigure& first, const ComparedFigure& other) {
  if (!first.estimate || !other.estimate) return std::nullopt;
  return RatioOf(*first.estimate, *other.estimate);
}

std::string RatioText(const RatioEstimate& ratio) {
  std::string text = Format("%.2f", ratio.ratio);
  if (!ratio.interval) return text;
  return text + Format(" (%.2f to %.2f)", ratio.interval->first, ratio.interval->second);
}

}  // namespace switchboard::load
