// What an idle connection costs the server's process, beyond the kernel's own: resident memory with
// many silent callers less that with 1,000. The server is a process of its own.

#include <benchmark/benchmark.h>
#include <poll.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/linux/inspect.h"
#include "bench/linux/socket.h"
#include "bench/load/target/started_server.h"
#include "src/linux/clock.h"
#include "src/linux/fd.h"
#include "src/linux/process.h"
#include "src/linux/socket.h"

namespace switchboard::bench {
namespace {

constexpr int64_t kFew = 1000;
constexpr int64_t kOwnDescriptors = 200;  // for everything but callers, here and in the server
constexpr int kPatienceMs = 30'000;
// One local address has 28,000 ports, and the kernel searches long for the last of them.
constexpr int64_t kCallersOfAnAddress = 5000;

void Require(bool condition, const char* otherwise) {
  if (!condition) throw std::runtime_error(otherwise);
}

// Callers who say nothing, one after the other, so that no buffers are left of a crowd that came at
// once.
class SilentCallers {
 public:
  explicit SilentCallers(const sys::Address& server) : server_(server) {}

  void GrowTo(int64_t count) {
    while (static_cast<int64_t>(callers_.size()) < count) {
      Call();
      // Callers are accepted in order, so that after an echo to the last nobody is waiting.
      if (callers_.size() % kFew == 0) Echo();
    }
    Echo();
  }

 private:
  void Call() {
    const auto network = static_cast<int64_t>(callers_.size()) / kCallersOfAnAddress;
    const auto source = sys::NumericAddress("127.0.2." + std::to_string(1 + network));
    sys::Fd caller(static_cast<int>(sys::StreamSocket(server_.family()).value));
    Require(static_cast<bool>(caller), "no descriptor for another caller");
    Require(static_cast<bool>(sys::SetBindWithoutPort(caller.get())) &&
                static_cast<bool>(sys::Bind(caller.get(), *source)),
            "no address to call from");
    (void)sys::Connect(caller.get(), server_);
    Await(caller.get(), POLLOUT);
    Require(sys::PendingError(caller.get()).value == 0, "the server turned a caller away");
    callers_.push_back(std::move(caller));
  }

  void Echo() {
    char byte = 'x';
    const int caller = callers_.back().get();
    Require(sys::Send(caller, &byte, 1).value == 1, "the server does not take a byte");
    Await(caller, POLLIN);
    Require(sys::Recv(caller, &byte, 1).value == 1 && byte == 'x', "the server does not echo");
  }

  static void Await(int fd, short events) {
    Require(sys::Poll(fd, events, kPatienceMs).value > 0, "the server does not answer in time");
  }

  const sys::Address server_;
  std::vector<sys::Fd> callers_;
};

void Measure(benchmark::State& state, int64_t many) {
  load::StartedServer server(SWITCHBOARD_BINARY
                             " --greeting= --log-level error --listen 127.0.0.1:{port}",
                             0, load::Deadline(kPatienceMs));
  SilentCallers callers(server.address());
  callers.GrowTo(kFew);
  const int64_t before = sys::ResidentBytes(server.pid());
  const int64_t start_ns = sys::NowNs();
  callers.GrowTo(many);
  const auto added = static_cast<double>(many - kFew);
  state.SetIterationTime(static_cast<double>(sys::NowNs() - start_ns) / 1e9 / added);
  const int64_t after = sys::ResidentBytes(server.pid());
  state.counters["connections"] = static_cast<double>(many);
  state.counters["bytes_per_connection"] = static_cast<double>(after - before) / added;
  state.counters["resident_bytes"] = static_cast<double>(after);
}

// The time is that of opening one connection.
void IdleConnection(benchmark::State& state) {
  const int64_t many = std::min(state.range(0), sys::RaiseDescriptorLimit() - kOwnDescriptors);
  if (many <= kFew) return state.SkipWithError("too few descriptors; raise the limit, ulimit -n");
  try {
    for (auto _ : state) Measure(state, many);
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}
BENCHMARK(IdleConnection)
    ->ArgName("connections")
    ->Arg(5000)
    ->Arg(19000)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace switchboard::bench
