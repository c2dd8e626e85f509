// The hand-over between the reactor and the worker pool, with the real run queue, pool and ready
// list, and a service that does nothing: what is left is what this shape of server costs. What is
// to be watched is not so much the time as the wake-ups per message.

#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <thread>

#include "bench/linux/perf.h"
#include "bench/micro/allocations.h"
#include "bench/micro/clock_reads.h"
#include "src/books/books.h"
#include "src/connection/buffer_pool.h"
#include "src/connection/connection.h"
#include "src/connection/ready_list.h"
#include "src/linux/clock.h"
#include "src/linux/epoll.h"
#include "src/worker_pool.h"

namespace switchboard::bench {
namespace {

constexpr size_t kBufferBytes = 64 << 10;

// Has nothing to answer, so that nothing is sent.
class Silent : public Service {
 public:
  Next OnOpen(Call&) override { return Next::kRead; }
  Next OnRead(Call&) override { return Next::kRead; }
};

// The reactor's end of a pool, with connections that have no socket.
class Bench {
 public:
  Bench(size_t workers, int64_t connections)
      : books_({.services = {{.name = "silent", .pool = 0}},
                .pools = {{.name = "worker", .option = "", .workers = workers}}}),
        pool_({.name = "worker"}, books_.pool(0), buffers_, ready_),
        route_{&service_, {.may_block = false}, &pool_} {
    if (!epoll_.Add(ready_.wake_fd(), EPOLLIN, {})) std::abort();
    for (int64_t i = 0; i < connections; ++i) connections_.emplace_back(-1, route_);
    // The workers have gone to sleep before the first message, as in an idle server.
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  // One round: each connection has said something. `bits` are what epoll reports meanwhile.
  void Publish(uint32_t bits = 0) {
    for (Connection& connection : connections_) {
      connection.Open(buffers_.Acquire());
      connection.state.Schedule();
      if (bits != 0) (void)connection.state.Note(bits);
      pool_.Add(connection);
    }
    pool_.Publish(sys::NowNs());
  }

  // Waits as the reactor does, then until the last connection is back.
  void AwaitAll() {
    while (pool_.PauseWhileBusy()) {
    }
    for (Connection& connection : connections_) {
      while (connection.state.Has(ConnectionState::kScheduled)) std::this_thread::yield();
    }
  }

  // Sleeps as the reactor does until all have come by the ready list. Counts its wake-ups.
  void AwaitReady() {
    for (size_t back = 0; back < connections_.size();) {
      if (ready_.PrepareToSleep()) {
        (void)epoll_.Wait(events_, -1);
        ++reactor_wakes_;
      }
      ConnectionList list = ready_.Take();
      while (Connection* connection = list.PopFront()) {
        connection->state.TakeBack();
        connection->state.Drained();
        ++back;
      }
    }
  }

  uint64_t worker_wakes() { return books_.pool(0).pool->wakes.Get(); }
  uint64_t reactor_wakes() const { return reactor_wakes_; }

 private:
  Silent service_;
  BufferPool buffers_{kBufferBytes};
  ReadyList ready_;
  sys::Epoll epoll_;
  std::array<epoll_event, 1> events_;
  const Books books_;
  WorkerPool pool_;
  const Route route_;
  std::deque<Connection> connections_;  // they cannot be moved
  uint64_t reactor_wakes_ = 0;
};

// What the thread that makes it, and the workers that are started after that, do from then on.
class Counts {
 public:
  Counts() : futex_counter_(Open()) {}

  void Start() {
    allocations_ = AllocationsSoFar();
    clock_reads_ = ClockReadsSoFar();
    futex_calls_ = FutexCalls();
  }

  void Report(benchmark::State& state, Bench& bench) const {
    const auto messages = static_cast<double>(state.iterations() * state.range(1));
    const auto set = [&](const char* name, auto count) {
      state.counters[name] = static_cast<double>(count) / messages;
    };
    set("allocations_per_message", AllocationsSoFar() - allocations_);
    set("clock_reads_per_message", ClockReadsSoFar() - clock_reads_);
    if (futex_counter_.get() >= 0) set("futex_calls_per_message", FutexCalls() - futex_calls_);
    set("worker_wakes_per_message", bench.worker_wakes());
    set("reactor_wakes_per_message", bench.reactor_wakes());
    state.SetItemsProcessed(state.iterations() * state.range(1));
  }

 private:
  // None where counting is not permitted.
  static sys::Fd Open() {
    const sys::Result opened = sys::OpenCounter(sys::CountedEvent::kFutexCalls, 0);
    return sys::Fd(opened ? static_cast<int>(opened.value) : -1);
  }
  int64_t FutexCalls() const { return sys::ReadCounter(futex_counter_.get()).value; }

  const sys::Fd futex_counter_;
  int64_t allocations_ = 0, clock_reads_ = 0, futex_calls_ = 0;
};

// To the workers; the connections are handed back in place, as after an ordinary message.
void HandOver(benchmark::State& state) {
  Counts counts;
  Bench bench(static_cast<size_t>(state.range(0)), state.range(1));
  counts.Start();
  for (auto _ : state) {
    bench.Publish();
    bench.AwaitAll();
  }
  counts.Report(state, bench);
}
BENCHMARK(HandOver)
    ->ArgNames({"workers", "messages"})
    ->ArgsProduct({{1, 2}, {1, 8, 64, 1000}})
    ->UseRealTime();

// There and back by the ready list, as when more has come meanwhile.
void HandOverAndReady(benchmark::State& state) {
  Counts counts;
  Bench bench(static_cast<size_t>(state.range(0)), state.range(1));
  counts.Start();
  for (auto _ : state) {
    bench.Publish(ConnectionState::kReadable);
    bench.AwaitReady();
  }
  counts.Report(state, bench);
}
BENCHMARK(HandOverAndReady)
    ->ArgNames({"workers", "messages"})
    ->ArgsProduct({{1, 2}, {1, 8, 64, 1000}})
    ->UseRealTime();

}  // namespace
}  // namespace switchboard::bench
