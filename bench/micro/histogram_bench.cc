// The latency histogram: recording, which is paid for every message, merging and asking.

#include <benchmark/benchmark.h>

#include <array>
#include <random>

#include "bench/load/measure/histogram.h"
#include "bench/micro/allocations.h"

namespace switchboard::bench {
namespace {

using load::Histogram;

// Latencies as a server has them: around 50 us, with a long tail.
std::array<int64_t, 4096> Latencies() {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> latency(10.8, 0.7);
  std::array<int64_t, 4096> values;
  for (int64_t& value : values) value = static_cast<int64_t>(latency(random));
  return values;
}

void HistogramRecord(benchmark::State& state) {
  const auto latencies = Latencies();
  Histogram histogram(static_cast<int>(state.range(0)));
  size_t next = 0;
  const int64_t allocations = AllocationsSoFar();
  for (auto _ : state) histogram.Record(latencies[next++ % latencies.size()]);
  state.counters["allocations"] = static_cast<double>(AllocationsSoFar() - allocations);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(HistogramRecord)
    ->ArgName("precision_bits")
    ->Arg(Histogram::kCoarse)
    ->Arg(Histogram::kFine);

void HistogramMerge(benchmark::State& state) {
  Histogram one(static_cast<int>(state.range(0))), sum(static_cast<int>(state.range(0)));
  for (const int64_t latency : Latencies()) one.Record(latency);
  for (auto _ : state) sum.Merge(one);
}
BENCHMARK(HistogramMerge)
    ->ArgName("precision_bits")
    ->Arg(Histogram::kCoarse)
    ->Arg(Histogram::kFine);

void HistogramPercentile(benchmark::State& state) {
  Histogram histogram;
  for (const int64_t latency : Latencies()) histogram.Record(latency);
  for (auto _ : state) benchmark::DoNotOptimize(histogram.PercentileNs(99));
}
BENCHMARK(HistogramPercentile);

}  // namespace
}  // namespace switchboard::bench
