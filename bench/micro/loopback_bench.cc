// Whole messages over loopback: round trips and streams, for a grid of connections, sizes and
// depths, against a server in this process or the one that --target names. Each iteration is a run
// of the verifying load generator; the time that is reported is that of one message.
//
// The generator and the server share the machine's CPUs. So these figures compare versions of the
// server on one machine; what a server can do is for switchboard-load to find out, from another.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/linux/process_tree.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/run/load.h"
#include "bench/load/target/process_meter.h"
#include "bench/micro/allocations.h"
#include "bench/micro/settings.h"
#include "switchboard/server.h"

namespace switchboard::bench {
namespace {

constexpr double kWarmupSeconds = 0.1;

std::vector<int> SortedThreads() {
  std::vector<int> threads = sys::OwnThreads();
  std::ranges::sort(threads);
  return threads;
}

// An echo server of this process, and which of the process's threads are its.
class OwnServer {
 public:
  OwnServer() {
    const std::vector<int> before = SortedThreads();
    Options options;
    options.listen = {{"127.0.0.1:0"}};
    options.greeting = "";
    options.log_level = LogLevel::kError;
    server_ = std::make_unique<Server>(options);
    reactor_ = std::thread([this] { server_->Run(); });
    const std::vector<int> after = SortedThreads();
    std::ranges::set_difference(after, before, std::back_inserter(threads_));
  }
  ~OwnServer() {
    server_->Stop();
    reactor_.join();
  }

  std::string address() const { return server_->Addresses().front(); }
  const std::vector<int>& threads() const { return threads_; }

 private:
  std::unique_ptr<Server> server_;
  std::thread reactor_;
  std::vector<int> threads_;
};

// Counts what the server's threads and this program's heap do in the measured part of a run.
class Meter : public load::Observer {
 public:
  explicit Meter(const std::vector<int>& threads) : process_(threads) {}

  void OnMeasuringBegins() override {
    process_.OnMeasuringBegins();
    allocations_ = AllocationsSoFar();
  }
  void OnMeasuringEnds() override {
    allocations_ = AllocationsSoFar() - allocations_;
    process_.OnMeasuringEnds();
  }

  int64_t allocations() const { return allocations_; }
  load::Spent spent() const { return process_.spent(); }

 private:
  load::ProcessMeter process_;
  int64_t allocations_ = 0;
};

load::Options LoadOptions(const std::string& target, int64_t connections, int64_t size,
                          int64_t depth) {
  load::Options options;
  options.target = target;
  options.connections = static_cast<int>(connections);
  options.min_size_bytes = options.max_size_bytes = static_cast<uint32_t>(size);
  options.depth = static_cast<int>(depth);
  options.duration_s = GetSettings().duration_s;
  options.warmup_s = kWarmupSeconds;
  options.quiet = true;
  options.seed = 1;
  if (GetSettings().target.empty()) options.greeting = load::Greeting::kNone;
  return options;
}

void Show(benchmark::State& state, const load::Report& report) {
  // Of one message, as the iteration's time is.
  state.SetBytesProcessed(static_cast<int64_t>(report.bytes / report.messages));
  state.counters["messages_per_second"] = report.MessagesPerSecond();
  state.counters["p50_us"] = static_cast<double>(report.latency.PercentileNs(50)) / 1e3;
  state.counters["p99_us"] = static_cast<double>(report.latency.PercentileNs(99)) / 1e3;
  if (report.verdict != load::kValid) state.SetLabel(report.verdict);
}

// Counting slows a server, so it has a run of its own.
void CountCosts(benchmark::State& state, const load::Options& options, const OwnServer& server) {
  Meter meter(server.threads());
  const load::Report report = load::RunLoad(options, nullptr, &meter);
  // As many as were sent in the measured part: in a closed loop, as many as were answered in it.
  const auto messages = static_cast<double>(report.latency.count());
  if (messages == 0) return;
  const load::Spent spent = meter.spent();
  state.counters["allocations_per_message"] = static_cast<double>(meter.allocations()) / messages;
  if (spent.system_calls) {
    state.counters["syscalls_per_message"] = static_cast<double>(*spent.system_calls) / messages;
  }
  if (spent.context_switches) {
    state.counters["switches_per_message"] =
        static_cast<double>(*spent.context_switches) / messages;
  }
}

void RunOnce(benchmark::State& state, int64_t connections, int64_t size, int64_t depth) {
  const std::string& target = GetSettings().target;
  const auto server = target.empty() ? std::make_unique<OwnServer>() : nullptr;
  const load::Options options =
      LoadOptions(server ? server->address() : target, connections, size, depth);
  for (auto _ : state) {
    const load::Report report = load::RunLoad(options);
    if (!report.verification.Passed() || report.messages == 0) {
      state.SkipWithError(report.reasons.empty() ? "nothing was echoed"
                                                 : report.reasons.front().c_str());
      return;
    }
    state.SetIterationTime(report.seconds / static_cast<double>(report.messages));
    Show(state, report);
  }
  if (server) CountCosts(state, options, *server);
}

void Loopback(benchmark::State& state, int64_t connections, int64_t size, int64_t depth) {
  try {
    RunOnce(state, connections, size, depth);
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}

// Each caller waits for its echo before it says the next.
void RoundTrip(benchmark::State& state) { Loopback(state, state.range(0), state.range(1), 1); }
BENCHMARK(RoundTrip)
    ->ArgNames({"connections", "bytes"})
    ->ArgsProduct({{1, 8, 64, 1000}, {64, 4096}})
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

// Callers that say more before the first echo is back.
void Pipelined(benchmark::State& state) {
  Loopback(state, state.range(0), state.range(1), state.range(2));
}
BENCHMARK(Pipelined)
    ->ArgNames({"connections", "bytes", "depth"})
    ->ArgsProduct({{1, 4, 64}, {64, 65536}, {4, 32}})
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace switchboard::bench
