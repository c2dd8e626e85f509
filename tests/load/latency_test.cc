// Rate and latency where answers take long: neither may bend the other.

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "bench/load/measure/verdict.h"
#include "bench/load/run/load.h"
#include "bench/load/run/tally.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kMillisecondNs = 1'000'000;
constexpr int64_t kSecondNs = 1'000'000'000;

// A message each millisecond from one second before the measured part, which takes a second, until
// it ends; each is answered after `latency_ns`.
void CountOneEachMillisecond(int64_t latency_ns, Tally& tally) {
  tally.window = {.start_ns = kSecondNs, .end_ns = 2 * kSecondNs};
  const auto ending = [&](int64_t now_ns) {
    tally.Ended(now_ns);
    const int64_t sent_ns = now_ns - latency_ns;
    tally.Answered({sent_ns, sent_ns, sent_ns}, 64, now_ns);
  };
  for (int64_t now_ns = 0; now_ns < 2 * kSecondNs + latency_ns; now_ns += kMillisecondNs) {
    if (now_ns >= latency_ns) ending(now_ns);
    if (now_ns < 2 * kSecondNs) tally.Began(now_ns, now_ns);
  }
}

TEST_CASE("TheRateCountsAnswersByTheirTime") {
  for (const int64_t latency_ms : {0, 1, 400}) {
    Tally tally;
    CountOneEachMillisecond(latency_ms * kMillisecondNs, tally);
    CHECK(tally.part.messages == 1000);
    CHECK(tally.part.bytes == 64 * 1000);
    CHECK(tally.part.timeline.size() == 1);
    CHECK(tally.part.timeline[0].messages == 1000);
    CHECK(tally.part.latency.count() == 1000);
    CHECK(tally.in_flight() == 0);
    CHECK(tally.in_flight_area() == doctest::Approx(1e9 * static_cast<double>(latency_ms)));
  }
}

TEST_CASE("AMessageThatProvesAConnectionIsNotMeasured") {
  Tally tally;
  tally.window = {.start_ns = 0, .end_ns = kSecondNs};
  tally.Answered({Message::kNoTime, 0, Message::kNoTime}, 64, kMillisecondNs);
  CHECK(tally.part.messages == 0);
  CHECK(tally.part.latency.count() == 0);
}

TEST_CASE("ASlowTargetsRateIsItsOwn") {
  TestServer server(Echo, "", "127.0.0.1:0", milliseconds(500));
  Options options = ShortRun(server.target());
  options.connections = 50;
  options.warmup_s = 1.2;
  options.duration_s = 1;
  const Report report = RunLoad(options);
  // All answer every half second, far from both ends of the measured part.
  CHECK(report.messages > 60);
  CHECK(report.messages <= 100);
  CHECK(report.generator.mean_in_flight > 45);
  CHECK(report.generator.mean_in_flight_by_law ==
        doctest::Approx(report.MessagesPerSecond() * report.latency.MeanNs() / 1e9));
}

TEST_CASE("AnOpenLoopReachesASlowTarget") {
  TestServer server(Echo, "", "127.0.0.1:0", milliseconds(200));
  Options options = ShortRun(server.target());
  options.connections = 20;
  options.rate = 200;
  options.warmup_s = 0.5;
  options.duration_s = 1;
  const Report report = RunLoad(options);
  CHECK(report.generator.intended >= 199);
  CHECK_FALSE(Mentions(report, "that the schedule asked for"));
  // The server's delay is one of whole milliseconds, which may end a part of one early.
  CHECK(report.latency.PercentileNs(50) >= 198 * kMillisecondNs);
}

// The proof of a connection that was opened again is none of the schedule's messages, and not as
// old as the run.
TEST_CASE("AReconnectionLeavesNoTraceInWhatIsInFlight") {
  bool reset = false;
  TestServer server([&](TestCaller& caller, std::string_view data) {
    caller.held += data;
    if (!reset && caller.held.size() > 64 * 60) {
      reset = true;
      return caller.Reset();
    }
    caller.Send(data);
  });
  Options options = ShortRun(server.target());
  options.connections = 4;
  options.rate = 300;
  options.duration_s = 1;
  const Report report = RunLoad(options);
  REQUIRE(report.errors.count({Phase::kReceive, "ECONNRESET"}) == 1);
  CHECK(Mentions(report, "connections broke"));
  CHECK(report.generator.unanswered > 0);
  CHECK(report.latency.count() + report.generator.not_offered == report.generator.intended);
  CHECK(report.connect.count() == 5);
  // 0.8 s of the second had passed when it was reset: as old as the run, it would add 0.8.
  CHECK(report.generator.mean_in_flight < report.generator.mean_in_flight_by_law + 0.5);
  CHECK_FALSE(Mentions(report, "does not hold"));
}

}  // namespace
}  // namespace switchboard::load
