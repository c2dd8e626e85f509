// The state word of a connection: what the atomic operations of one message cost, with nobody else
// at the word.

#include <benchmark/benchmark.h>

#include "src/connection/state.h"

namespace switchboard::bench {
namespace {

// epoll reports data; the reactor reads it and gives the connection away; the worker hands it back.
void StateOfOneMessage(benchmark::State& state) {
  ConnectionState word;
  for (auto _ : state) {
    benchmark::DoNotOptimize(word.Note(ConnectionState::kReadable));
    word.Drained();
    word.Schedule();
    benchmark::DoNotOptimize(word.HandBack());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(StateOfOneMessage);

// The same, but more comes while the worker has it, so that it returns by the ready list.
void StateOfOneMessageThatReturnsReady(benchmark::State& state) {
  ConnectionState word;
  for (auto _ : state) {
    word.Drained();
    word.Schedule();
    benchmark::DoNotOptimize(word.Note(ConnectionState::kReadable));
    benchmark::DoNotOptimize(word.HandBack());
    word.TakeBack();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(StateOfOneMessageThatReturnsReady);

}  // namespace
}  // namespace switchboard::bench
