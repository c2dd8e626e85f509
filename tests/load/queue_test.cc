// Queues of which the theory is known: what the harness measures of them is what they are. Bounds
// are on numbers of messages, generous, and of times of which a slow machine adds little.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <random>
#include <vector>

#include "bench/load/run/load.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

constexpr double kRate = 25;
constexpr int64_t kMillisecondNs = 1'000'000;

// Servers behind one queue that take exponential times: M/M/c, with a seed of its own.
class Queue {
 public:
  Queue(int servers, double mean_ms) : free_ms_(servers, 0), mean_ms_(mean_ms) {}

  // The first message of a caller only proves its connection.
  int64_t Due(TestCaller& caller, int64_t now_ms) {
    if (caller.held.empty()) {
      caller.held = "proved";
      return now_ms;
    }
    const double uniform = static_cast<double>((random_() >> 11) + 1) * 0x1p-53;
    const int64_t service_ms = std::lround(-std::log(uniform) * mean_ms_);
    int64_t& free_ms = *std::ranges::min_element(free_ms_);
    free_ms = std::max(free_ms, now_ms) + service_ms;
    const std::lock_guard lock(mutex_);
    times_ms_.push_back(free_ms - now_ms);
    return free_ms;
  }

  // In how many cases it took longer.
  int64_t CountAbove(int64_t ms) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::count_if(times_ms_, [=](int64_t time_ms) { return time_ms > ms; });
  }

 private:
  std::vector<int64_t> free_ms_;
  const double mean_ms_;
  std::mt19937_64 random_{7};
  mutable std::mutex mutex_;
  std::vector<int64_t> times_ms_;
};

// Half of a queue's times should be longer than `median_ms`.
void CheckQueue(Queue& queue, int64_t median_ms) {
  TestServer server(Echo,
                    [&](TestCaller& caller, int64_t now_ms) { return queue.Due(caller, now_ms); });
  Options options = ShortRun(server.target());
  options.connections = 50;
  options.rate = kRate;
  options.arrivals = Arrivals::kPoisson;
  options.duration_s = 4;
  const Report report = RunLoad(options);
  const auto sent = static_cast<int64_t>(report.generator.intended);
  CHECK(sent > 60);
  CHECK(sent < 150);
  CHECK(static_cast<int64_t>(report.latency.count()) == sent);
  CHECK(queue.CountAbove(-1) == sent);
  for (const int64_t ms : {median_ms / 2, median_ms, 2 * median_ms, 4 * median_ms}) {
    CAPTURE(ms);
    const auto measured = [&](int64_t above_ms) {
      return static_cast<int64_t>(report.latency.CountAbove(above_ms * kMillisecondNs));
    };
    // No message is faster than the server was, to the millisecond of its clock, and hardly one
    // much slower.
    CHECK(measured(ms - 2) >= queue.CountAbove(ms));
    CHECK(measured(ms + 500) <= queue.CountAbove(ms) + sent / 4);
  }
  // Between a quarter and nine tenths, where half are to be expected.
  const auto above = static_cast<int64_t>(report.latency.CountAbove(median_ms * kMillisecondNs));
  CHECK(above > sent / 4);
  CHECK(above < sent * 9 / 10);
}

// Served twice as fast as it is called, its times are exponential with a mean of 40 ms.
TEST_CASE("AQueueWithOneServerIsMeasuredAsItIs") {
  Queue queue(1, 1000 / (2 * kRate));
  CheckQueue(queue, 28);
}

// Half of its servers are busy, so that hardly anybody waits and the times are those of service.
TEST_CASE("AQueueWithFourServersIsMeasuredAsItIs") {
  Queue queue(4, 4 * 1000 / (2 * kRate));
  CheckQueue(queue, 60);
}

}  // namespace
}  // namespace switchboard::load
