#include "bench/load/staff/measured/samples.h"

#include <algorithm>
#include <string>
#include <utility>

#include "bench/load/certainty/spread.h"
#include "bench/load/staff/measured/estimate.h"

namespace switchboard::load {
namespace {

// The service that had most of the turns between two looks; nullptr if none had one.
const ServiceFigures* BusiestService(const ServerFigures& between) {
  const auto busiest = std::ranges::max_element(
      between.services, {}, [](const ServiceFigures& each) { return each.times.count(); });
  const bool had_turns = busiest != between.services.end() && busiest->times.count() > 0;
  return had_turns ? &*busiest : nullptr;
}

Slice SliceOf(const Sample& after, const Sample& before, const std::string& pool) {
  const ServerFigures between = Difference(after.figures, before.figures);
  Slice slice;
  slice.seconds = static_cast<double>(after.at_ns - before.at_ns) / 1e9;
  for (const PoolFigures& each : between.pools) {
    if (each.name == pool) slice.waits = each.waits;
  }
  for (const ServiceFigures& each : between.services) {
    if (each.pool == pool) slice.services.Add(each.times);
  }
  return slice;
}

}  // namespace

std::vector<Slice> SlicesOf(const Samples& samples, int64_t* workers) {
  if (samples.size() < 2) return {};
  const ServerFigures between = Difference(samples.back().figures, samples.front().figures);
  const ServiceFigures* const service = BusiestService(between);
  if (service == nullptr) return {};
  std::vector<Slice> slices;
  for (size_t i = 1; i < samples.size(); ++i) {
    slices.push_back(SliceOf(samples[i], samples[i - 1], service->pool));
  }
  for (const PoolFigures& pool : between.pools) {
    if (pool.name == service->pool && workers != nullptr) {
      *workers = static_cast<int64_t>(pool.workers);
    }
  }
  return slices;
}

bool KnownWell::operator()(const Samples& samples) {
  if (within_ == 0 || samples.size() <= 2 * kFewestBatches) return false;
  const int64_t length_ns = samples.back().at_ns - samples.front().at_ns;
  if (length_ns < looked_ns_ + looked_ns_ / 8) return false;
  looked_ns_ = length_ns;
  const std::vector<Slice> slices = SlicesOf(samples);
  const MeasuredValue wait = MeanWait(slices);
  const bool is_known = wait.Doubt() <= PartOfWait(within_, wait.value) &&
                        PWait(slices).Doubt() <= kShareTolerance / 2;
  return std::exchange(was_known_, is_known) && is_known;
}

}  // namespace switchboard::load
