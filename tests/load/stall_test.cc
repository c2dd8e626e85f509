// A server that stands still for a second: the open loop shows it, a tester who waits would not.

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "bench/load/run/load.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

constexpr int64_t kMillisecondNs = 1'000'000;

TEST_CASE("AStallOfASecondShowsInTheLatencyButNotInTheNaiveOne") {
  ChildServer server;
  Options options = ShortRun(server.target());
  options.connections = 8;
  options.rate = 1000;
  options.duration_s = 10;
  std::thread staller([&] {
    std::this_thread::sleep_for(std::chrono::seconds(4));
    server.Stop();
    std::this_thread::sleep_for(std::chrono::seconds(1));
    server.Continue();
  });
  const Report report = RunLoad(options);
  staller.join();
  CHECK(report.verification.Passed());
  CHECK(report.latency.count() >= 9'900);
  // One message in ten met the stall and waited from 0 to 1 s: the slowest hundredth 0.9 s and
  // more.
  CHECK(report.latency.PercentileNs(99) > 800 * kMillisecondNs);
  CHECK(report.latency.PercentileNs(99) < 1'500 * kMillisecondNs);
  CHECK(report.latency.max_ns() > 950 * kMillisecondNs);
  CHECK(report.latency.max_ns() < 2'000 * kMillisecondNs);
  // A tester who waits for its replies meets it once on each connection.
  CHECK(report.naive_latency.PercentileNs(99) < 400 * kMillisecondNs);
  CHECK(report.naive_latency.max_ns() > 900 * kMillisecondNs);
}

}  // namespace
}  // namespace switchboard::load
