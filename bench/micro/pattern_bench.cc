// The generator's own work on every byte: making it and comparing its echo.

#include <benchmark/benchmark.h>

#include <vector>

#include "bench/load/measure/pattern.h"

namespace switchboard::bench {
namespace {

using load::Pattern;

void StreamGenerate(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  std::vector<uint64_t> buffer(size / Pattern::kWord + 2);
  const Pattern pattern(1, 1);
  uint64_t offset = 3;  // no message but the first begins with a whole word
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        pattern.Generate(offset, size, reinterpret_cast<char*>(buffer.data())));
    benchmark::ClobberMemory();
    offset += size;
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(StreamGenerate)->ArgName("bytes")->Arg(64)->Arg(4096)->Arg(65536);

void StreamVerify(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  std::vector<uint64_t> words(size / Pattern::kWord + 3);
  const Pattern pattern(1, 1);
  // One word of room before the echo, which Matches may overwrite.
  const char* const echo = pattern.Generate(3, size, reinterpret_cast<char*>(words.data() + 1));
  for (auto _ : state) {
    if (!pattern.Matches(3, const_cast<char*>(echo), size)) state.SkipWithError("not its own echo");
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(StreamVerify)->ArgName("bytes")->Arg(64)->Arg(4096)->Arg(65536);

}  // namespace
}  // namespace switchboard::bench
