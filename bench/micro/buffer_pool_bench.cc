// The buffer pool: a buffer for each caller who says something, and back.

#include <benchmark/benchmark.h>

#include "bench/micro/allocations.h"
#include "src/connection/buffer_pool.h"

namespace switchboard::bench {
namespace {

constexpr size_t kBufferBytes = 64 << 10;

// A round of the reactor takes as many as the argument, and workers return them in one chain.
void BufferPoolRound(benchmark::State& state) {
  const auto round = static_cast<size_t>(state.range(0));
  BufferPool pool(kBufferBytes);
  BufferPool::Chain chain;
  const auto take_and_return = [&] {
    for (size_t i = 0; i < round; ++i) chain.Push(pool.Acquire(), 64);
    (void)pool.Release(chain);
  };
  take_and_return();  // the kernel's part: pages are mapped once
  const int64_t allocations = AllocationsSoFar();
  for (auto _ : state) take_and_return();
  const auto buffers = static_cast<double>(state.iterations() * state.range(0));
  state.counters["allocations_per_buffer"] =
      static_cast<double>(AllocationsSoFar() - allocations) / buffers;
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BufferPoolRound)->ArgName("buffers")->Arg(1)->Arg(64)->Arg(1000);

// A read that found nothing.
void BufferPoolPutBack(benchmark::State& state) {
  BufferPool pool(kBufferBytes);
  for (auto _ : state) pool.PutBack(pool.Acquire(), 0);
  state.SetItemsProcessed(state.iterations());
  BufferPool::Chain chain;
  chain.Push(pool.Acquire(), 64);
  (void)pool.Release(chain);
}
BENCHMARK(BufferPoolPutBack);

}  // namespace
}  // namespace switchboard::bench
