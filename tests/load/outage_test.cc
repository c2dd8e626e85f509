// Servers that are not there for everybody all the time: late, refusing, gone for a while.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string_view>
#include <thread>

#include "bench/load/measure/verdict.h"
#include "bench/load/run/load.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kMillisecondNs = 1'000'000;

TEST_CASE("TheTimeToTheFirstEchoIsAFigure") {
  TestServer server([](TestCaller& caller, std::string_view data) {
    if (caller.held.empty()) std::this_thread::sleep_for(milliseconds(300));
    caller.held = "answered";
    caller.Send(data);
  });
  Options options = ShortRun(server.target());
  options.duration_s = 0.6;
  const Report report = RunLoad(options);
  CHECK(report.connect.max_ns() < report.first_echo.max_ns());
  CHECK(report.first_echo.count() == 1);
  CHECK(report.first_echo.max_ns() >= 300 * kMillisecondNs);
}

TEST_CASE("CallersThatWereTurnedAwayAreAReason") {
  TestServer server([](TestCaller& caller, std::string_view data) {
    if (caller.number % 3 == 2) return caller.HangUp();
    caller.Send(data);
  });
  Options options = ShortRun(server.target());
  options.connections = 6;
  options.duration_s = 0.6;
  const Report report = RunLoad(options);
  CHECK(report.generator.connections_open == 6);  // they called again
  CHECK(report.verdict != kValid);
  CHECK(Mentions(report, "callers were refused or turned away"));
}

// Gone for 1 s of 2: what was due meanwhile is sent when there is somebody again, and counts from
// when it was due. A tester who waits for an open connection would not have seen it.
TEST_CASE("WhatWasDueDuringAnOutageCountsFromWhenItWasDue") {
  std::atomic<bool> gone{false};
  std::atomic<bool> called{false};
  TestServer server([&](TestCaller& caller, std::string_view data) {
    called = true;
    if (gone) return caller.HangUp();
    caller.Send(data);
  });
  Options options = ShortRun(server.target());
  options.connections = 4;
  options.rate = 1000;
  options.duration_s = 2;
  std::thread outage([&] {
    while (!called) std::this_thread::yield();
    std::this_thread::sleep_for(milliseconds(300));
    gone = true;
    std::this_thread::sleep_for(milliseconds(1000));
    gone = false;
  });
  const Report report = RunLoad(options);
  outage.join();
  CHECK(report.verification.Passed());
  CHECK(report.generator.intended == 2000);
  CHECK(report.latency.count() == 2000);
  // Of a second's thousand messages the first waited for a second, the last for none.
  CHECK(report.latency.PercentileNs(60) > 100 * kMillisecondNs);
  CHECK(report.latency.PercentileNs(90) > 500 * kMillisecondNs);
  CHECK(report.naive_latency.PercentileNs(50) < report.latency.PercentileNs(90));
  // The generator itself was in time.
  CHECK(report.punctual_latency.PercentileNs(90) > 500 * kMillisecondNs);
}

TEST_CASE("WhatCouldNotBeSentBeforeTheEndHasTheTimeThatItWaited") {
  std::atomic<bool> gone{false};
  TestServer server([&](TestCaller& caller, std::string_view data) {
    if (gone) return caller.HangUp();
    caller.Send(data);
    gone = true;
  });
  Options options = ShortRun(server.target());
  options.rate = 1000;
  options.duration_s = 1;
  const Report report = RunLoad(options);
  CHECK(report.generator.intended == 1000);
  CHECK(report.generator.not_offered > 900);
  CHECK(report.latency.count() >= 990);
  CHECK(report.latency.max_ns() > 900 * kMillisecondNs);
  CHECK(report.verdict != kValid);
  CHECK(Mentions(report, "messages were never sent"));
}

}  // namespace
}  // namespace switchboard::load
