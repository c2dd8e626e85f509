// The generator's own work on every byte: making it and comparing its echo.

#include <benchmark/benchmark.h>

#include <vector>

#include "bench/load/stream.h"

namespace switchboard::bench {
namespace {

using load::Stream;

void StreamGenerate(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  std::vector<uint64_t> buffer(size / Stream::kWord + 2);
  const Stream stream(1, 1);
  uint64_t offset = 3;  // no message but the first begins with a whole word
  for (auto _ : state) {
    benchmark::DoNotOptimize(stream.Generate(offset, size, reinterpret_cast<char*>(buffer.data())));
    benchmark::ClobberMemory();
    offset += size;
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(StreamGenerate)->ArgName("bytes")->Arg(64)->Arg(4096)->Arg(65536);

void StreamVerify(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  std::vector<uint64_t> words(size / Stream::kWord + 3);
  const Stream stream(1, 1);
  // One word of room before the echo, which Matches may overwrite.
  const char* const echo = stream.Generate(3, size, reinterpret_cast<char*>(words.data() + 1));
  for (auto _ : state) {
    if (!stream.Matches(3, const_cast<char*>(echo), size)) state.SkipWithError("not its own echo");
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(StreamVerify)->ArgName("bytes")->Arg(64)->Arg(4096)->Arg(65536);

}  // namespace
}  // namespace switchboard::bench
