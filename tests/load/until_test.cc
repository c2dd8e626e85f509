// Runs that go on until they know, `--until`, against known servers.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "bench/load/measure/verdict.h"
#include "bench/load/options/command_line.h"
#include "bench/load/run/load.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kMillisecondNs = 1'000'000;

Options UntilRun(const std::string& target, const Wish& wish, double longest_s) {
  Options options = ShortRun(target);
  options.warmup_s = 0.2;
  options.duration_s = longest_s;
  options.until = {wish};
  return options;
}

// Whatever the machine did meanwhile, a run says one of these of a server that is as ever.
bool Honest(const Report& report) {
  return report.verdict == kValid || report.verdict == kGeneratorBound ||
         report.verdict == kNotStationary || report.verdict == kTooShort;
}

TEST_CASE("AServerOfOneDelayIsKnownLongBeforeTheLongestTime") {
  TestServer server(Echo, "", "127.0.0.1:0", milliseconds(5));
  Options options = UntilRun(server.target(), {50, 0.2}, 20);
  options.connections = 8;
  const Report report = RunLoad(options);
  CHECK(Honest(report));
  if (report.verdict != kValid) return;
  CHECK(report.seconds < 20);
  CHECK(report.seconds >= 1.28);
  CHECK(report.warmup_took_s >= 0.2);
  const LatencyInterval* const p50 = report.certainty.Of(50);
  REQUIRE(p50 != nullptr);
  CHECK(p50->low_ns >= 5 * kMillisecondNs);
  CHECK(p50->Width() <= 0.2);
}

TEST_CASE("AServerThatGetsSlowerIsNotStationaryOrNotValid") {
  // Each answer comes later than the one before by so much that seconds apart differ by far.
  const auto began = std::chrono::steady_clock::now();
  TestServer server([&](TestCaller& caller, std::string_view data) {
    const auto age = std::chrono::steady_clock::now() - began;
    std::this_thread::sleep_for(milliseconds(1) + age / 200);
    caller.Send(data);
  });
  const Report report = RunLoad(UntilRun(server.target(), {50, 0.01}, 3));
  CHECK(report.verdict != kValid);
  CHECK(report.certainty.drift.found);
  CHECK(report.certainty.drift.last_ns > report.certainty.drift.first_ns);
}

TEST_CASE("AWishThatTheLongestTimeDoesNotFulfilIsTooShort") {
  std::atomic<uint64_t> state{1};
  TestServer server([&](TestCaller& caller, std::string_view data) {
    state = state * 6364136223846793005 + 1442695040888963407;
    std::this_thread::sleep_for(std::chrono::microseconds((state >> 33) % 4000));
    caller.Send(data);
  });
  const Report report = RunLoad(UntilRun(server.target(), {99.9, 0.005}, 1));
  CHECK(report.verdict != kValid);
  if (report.verdict == kTooShort) CHECK(Mentions(report, "--duration"));
  CHECK(report.seconds == doctest::Approx(1).epsilon(0.01));
}

TEST_CASE("AnOpenLoopIsMeasuredUntilItIsKnownToo") {
  TestServer server(Echo, "", "127.0.0.1:0", milliseconds(2));
  Options options = UntilRun(server.target(), {50, 0.3}, 20);
  options.connections = 4;
  options.rate = 500;
  options.arrivals = Arrivals::kPoisson;
  const Report report = RunLoad(options);
  CHECK(report.messages > 0);
  if (report.verdict == kValid) {
    CHECK(report.generator.intended ==
          doctest::Approx(static_cast<double>(report.messages)).epsilon(0.05));
  }
}

TEST_CASE("EveryRunHasIntervals") {
  TestServer server(Echo, "", "127.0.0.1:0", milliseconds(1));
  Options options = ShortRun(server.target());
  options.threads = 2;
  options.connections = 4;
  options.duration_s = 0.7;
  const Report report = RunLoad(options);
  const LatencyInterval* const p50 = report.certainty.Of(50);
  REQUIRE(p50 != nullptr);
  CHECK(p50->value_ns == report.latency.PercentileNs(50));
  CHECK(p50->low_ns <= p50->value_ns);
  CHECK(p50->value_ns <= p50->high_ns);
  CHECK(report.certainty.batches >= 16);
}

TEST_CASE("AnInterruptEndsItInTheWarmUpAndAfter") {
  TestServer server(Echo, "", "127.0.0.1:0", milliseconds(1));
  for (const double warmup_s : {30.0, 0.1}) {
    CAPTURE(warmup_s);
    Options options = UntilRun(server.target(), {99.99, 0.005}, 60);
    options.warmup_s = warmup_s;
    std::atomic<bool> stop{false};
    std::thread interrupter([&] {
      std::this_thread::sleep_for(milliseconds(600));
      stop = true;
    });
    const Report report = RunLoad(options, &stop);
    interrupter.join();
    CHECK(report.interrupted);
    CHECK(report.seconds < 30);
    CHECK(report.verdict != kValid);
  }
}

// ---- The command line.

Options Parse(std::initializer_list<std::string> arguments) {
  const auto parse = [](int argc, char** argv) {
    const CommandLine line = ParseCommandLine(kRun, argc, argv);
    return CompleteLoad(line, line.operands.at(0));
  };
  return ParseWith(parse, "switchboard-load", arguments);
}

TEST_CASE("WishesAreUnderstoodAndRepeatable") {
  const Options options =
      Parse({"--until", "p99=5%", "--until=p99.9=2.5%", "--until", "p95=10%", "127.0.0.1:8000"});
  CHECK(options.until == std::vector<Wish>{{99, 0.05}, {99.9, 0.025}, {95, 0.1}});
  CHECK(options.duration_s == 60);
  CHECK(Parse({"--until", "p50=1%", "-d", "5", "127.0.0.1:8000"}).duration_s == 5);
  CHECK(Parse({"--until", "p50=1%", "--until", "p50=2%", "127.0.0.1:8000"}).until ==
        std::vector<Wish>{{50, 0.02}});
}

TEST_CASE("WhatIsNoWishIsRefusedWithTheWayOut") {
  for (const char* value :
       {"", "p99", "p99=", "p99=5", "p99=0%", "p99=0.1%", "p99=60%", "p99=-5%", "max=5%", "p100=5%",
        "p0=5%", "=5%", "p99=5%%", "99=5%", "p99=1ms", "p99=nan%", "p99=5 %"}) {
    CAPTURE(value);
    const std::string refusal = RefusalBy(Parse, {"--until", value, "127.0.0.1:8000"});
    CHECK(refusal.find("--until cannot be '" + std::string(value) + "'") == 0);
    CHECK(refusal.find("p99=5%") != std::string::npos);
  }
  CHECK(
      RefusalBy(Parse, {"--until", "p99=5%", "--slo", "p99=1ms", "127.0.0.1:8000"}).find("--slo") !=
      std::string::npos);
  CHECK(RefusalBy(Parse, {"--until", "p99=5%", "-n", "100", "127.0.0.1:8000"}).find("--messages") !=
        std::string::npos);
}

}  // namespace
}  // namespace switchboard::load
