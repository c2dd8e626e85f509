#include "bench/load/staff/measured/estimate.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "bench/load/certainty/spread.h"
#include "bench/load/measure/certainty.h"
#include "bench/load/status/times.h"

namespace switchboard::load {
namespace {

// What none of N had may yet happen to 3 in N, with 95 % confidence; slices that are all the same
// know nothing of that.
constexpr double kRuleOfThree = 3;

// The ratio of what each slice has of the one to what it has of the other.
template <typename Over, typename Under>
MeasuredValue Ratio(std::span<const Slice> slices, Over over, Under under) {
  std::vector<double> numerators, denominators;
  double all_over = 0, all_under = 0;
  for (const Slice& slice : slices) {
    numerators.push_back(over(slice));
    denominators.push_back(under(slice));
    all_over += numerators.back();
    all_under += denominators.back();
  }
  MeasuredValue estimate;
  if (!(all_under > 0)) return estimate;
  estimate.value = all_over / all_under;
  if (slices.size() < static_cast<size_t>(kFewestBatches)) return estimate;
  const Spread spread = SpreadOfRatio(numerators, denominators);
  estimate.margin =
      spread.standard_error * StudentQuantile(kIntervalConfidence, spread.batches - 1);
  estimate.dependent = spread.dependent;
  return estimate;
}

double Turns(const Slice& slice) { return static_cast<double>(slice.waits.count()); }

MeasuredValue PWaitOver(std::span<const Slice> slices, double seconds) {
  MeasuredValue share = Ratio(
      slices, [&](const Slice& slice) { return CountBeyond(slice.waits, seconds * 1e9); }, Turns);
  double turns = 0;
  for (const Slice& slice : slices) turns += Turns(slice);
  if (share.margin) share.margin = std::max(*share.margin, kRuleOfThree / turns);
  return share;
}

MeasuredValue Utilisation(std::span<const Slice> slices, int64_t workers) {
  return Ratio(
      slices, [](const Slice& slice) { return static_cast<double>(slice.services.sum_ns) / 1e9; },
      [&](const Slice& slice) { return slice.seconds * static_cast<double>(workers); });
}

double PredictWaitOver(Demand demand, int64_t workers, double seconds) {
  demand.limit_s = seconds;
  return PredictWaiting(demand, workers).p_wait_over_limit;
}

void Predict(RateResult& result) {
  const int64_t workers = result.observed.workers;
  const Waiting waiting = PredictWaiting(result.demand, workers);
  // What the generator was asked for is work without end even where the server did not take it.
  result.offered = result.observed.rate * result.demand.service_s;
  result.ends = waiting.ends && result.offered < static_cast<double>(workers);
  if (!result.ends) return;
  result.utilisation.predicted = waiting.utilisation;
  result.mean_wait_s.predicted = waiting.mean_wait_s;
  result.p_wait.predicted = PredictWaitOver(result.demand, workers, kHandOverS);
  for (LongWait& each : result.long_waits) {
    each.p.predicted = PredictWaitOver(result.demand, workers, each.over_s);
  }
}

}  // namespace

MeasuredValue MeanWait(std::span<const Slice> slices) {
  return Ratio(
      slices, [](const Slice& slice) { return static_cast<double>(slice.waits.sum_ns) / 1e9; },
      Turns);
}

MeasuredValue PWait(std::span<const Slice> slices) { return PWaitOver(slices, kHandOverS); }

double PartOfWait(double part, double mean_wait_s) {
  return part * std::max(mean_wait_s, kShortWaitS);
}

RateResult Evaluate(Observed observed, double target_s) {
  RateResult result;
  TimeHistogram services;
  for (const Slice& slice : observed.slices) {
    result.seconds += slice.seconds;
    result.turns += slice.waits.count();
    services.Add(slice.services);
  }
  result.demand = {.rate = static_cast<double>(result.turns) / result.seconds,
                   .service_s = MeanNs(services) / 1e9,
                   .cv = CoefficientOfVariation(services)};
  for (const double each : kServices) {
    result.long_waits.push_back({each * result.demand.service_s, each, {}});
  }
  result.long_waits.push_back({target_s, 0, {}});

  const std::span<const Slice> slices = observed.slices;
  result.utilisation.measured = Utilisation(slices, observed.workers);
  result.p_wait.measured = PWait(slices);
  result.mean_wait_s.measured = MeanWait(slices);
  for (LongWait& each : result.long_waits) each.p.measured = PWaitOver(slices, each.over_s);
  result.observed = std::move(observed);
  Predict(result);
  return result;
}

}  // namespace switchboard::load
