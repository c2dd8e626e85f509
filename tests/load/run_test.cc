// Load runs against servers of this process: loops, schedules, churn, greetings, errors.

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "bench/load/measure/verdict.h"
#include "bench/load/run/load.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

TEST_CASE("AClosedLoopKeepsItsDepthInFlight") {
  // Answers the first, which opens the connection, and then five at once: who sends four and waits,
  // waits for ever.
  std::map<int, bool> open;
  TestServer server([&](TestCaller& caller, std::string_view data) {
    if (!std::exchange(open[caller.number], true)) {
      caller.Send(data.substr(0, 64));
      data.remove_prefix(std::min<size_t>(64, data.size()));
    }
    caller.held += data;
    const size_t whole = caller.held.size() / (5 * 64) * (5 * 64);
    caller.Send(caller.held.substr(0, whole));
    caller.held.erase(0, whole);
  });
  Options options = CountedRun(server.target(), 2000);
  options.connections = 4;
  options.depth = 5;
  const Report report = RunLoad(options);
  CHECK(report.messages == 2000);
  CHECK(report.latency.count() >= report.messages);
  CHECK(report.naive_latency.count() == report.latency.count());
  CHECK(report.bytes == report.messages * 64);
  CHECK(report.generator.mean_in_flight > 0);
  CHECK(report.generator.mean_in_flight < 20.01);
  CHECK(report.connect.count() == 4);
}

TEST_CASE("EveryThreadHasItsShare") {
  TestServer server(Echo);
  Options options = CountedRun(server.target(), 500);
  options.connections = 5;
  options.threads = 3;
  const Report report = RunLoad(options);
  CHECK(report.generator.connections_open == 5);
  CHECK(report.connect.count() == 5);
  CHECK(report.verification.Passed());
}

TEST_CASE("ANumberOfMessagesIsExact") {
  TestServer server(Echo);
  for (const int threads : {1, 3}) {
    Options options = ShortRun(server.target());
    options.connections = 7;
    options.threads = threads;
    options.depth = 3;
    options.duration_s = 0;
    options.messages = 1001;
    const Report report = RunLoad(options);
    CHECK(report.latency.count() == 1001);
    CHECK(report.messages == 1001);
    CHECK(report.seconds > 0);
  }
}

TEST_CASE("SizesAreSpreadOverTheirRange") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.min_size_bytes = 1;
  options.max_size_bytes = 999;
  options.duration_s = 0;
  options.messages = 2000;
  const Report report = RunLoad(options);
  CHECK(report.verification.Passed());
  const double mean = static_cast<double>(report.bytes) / static_cast<double>(report.messages);
  CHECK(mean == doctest::Approx(500).epsilon(0.1));
}

TEST_CASE("AnOpenLoopKeepsItsRate") {
  TestServer server(Echo);
  for (const Arrivals arrivals : {Arrivals::kUniform, Arrivals::kPoisson}) {
    Options options = ShortRun(server.target());
    options.connections = 3;
    options.rate = 2000;
    options.arrivals = arrivals;
    options.duration_s = 0.5;
    const Report report = RunLoad(options);
    const double tolerance = arrivals == Arrivals::kUniform ? 0.01 : 0.2;
    CHECK(static_cast<double>(report.generator.intended) ==
          doctest::Approx(1000).epsilon(tolerance));
    CHECK(report.latency.count() + report.generator.not_offered == report.generator.intended);
    CHECK(report.generator.not_offered == 0);
    CHECK(report.send_lag.count() == report.generator.intended);
    CHECK(report.messages >= report.generator.intended * 7 / 10);
    CHECK(report.verification.Passed());
  }
}

TEST_CASE("WarmUpIsNotMeasured") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.rate = 1000;
  options.warmup_s = 0.3;
  options.duration_s = 0.2;
  const Report report = RunLoad(options);
  CHECK(report.generator.intended >= 199);
  CHECK(report.generator.intended <= 201);
  CHECK(report.messages > 140);
  CHECK(report.verification.verified_bytes > report.bytes);
}

TEST_CASE("ChurnHangsUpAfterItsMessages") {
  std::map<int, size_t> received;
  TestServer server([&](TestCaller& caller, std::string_view data) {
    received[caller.number] += data.size();
    caller.Send(data);
  });
  Options options = CountedRun(server.target(), 300);
  options.connections = 4;
  options.messages_per_call = 3;
  const Report report = RunLoad(options);
  CHECK(report.generator.calls > 10);
  CHECK(report.connect.count() >= report.generator.calls - 4);  // opened before it was measured
  CHECK(report.errors.empty());
  CHECK(report.verification.Passed());
  CHECK(server.callers() >= static_cast<int>(report.generator.calls));
  for (const auto& [caller, bytes] : received) CHECK(bytes <= 3 * 64);
}

TEST_CASE("ScheduledCallsComeAtTheirRate") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.connections = 100;
  options.calls_per_second = 200;
  options.messages_per_call = 2;
  options.duration_s = 0.5;
  const Report report = RunLoad(options);
  CHECK(report.generator.intended_calls == doctest::Approx(100).epsilon(0.02));
  CHECK(report.generator.calls > 70);
  CHECK(report.generator.calls <= report.generator.intended_calls);
  CHECK(report.connect.count() >= report.generator.calls);
  CHECK(report.messages >= 2 * report.generator.calls);
  CHECK(report.verification.Passed());
}

TEST_CASE("ConnectionsOpenAtTheRateAskedFor") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.connections = 20;
  options.connect_rate = 100;
  const auto begin = std::chrono::steady_clock::now();
  const Report report = RunLoad(options);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  CHECK(report.generator.connections_open == 20);
  CHECK(took.count() >= 0.19 + options.duration_s);
}

TEST_CASE("LearnsTheGreeting") {
  TestServer server(Echo, "hello from server\n");
  Options options = CountedRun(server.target(), 100);
  options.connections = 3;
  options.greeting = Greeting::kAuto;
  const Report report = RunLoad(options);
  CHECK(report.verification.Passed());
  CHECK(report.errors.empty());
  CHECK(report.messages > 0);
}

TEST_CASE("ExpectsTheGreetingItIsTold") {
  TestServer server(Echo, "hello\n");
  Options options = ShortRun(server.target());
  options.greeting = Greeting::kText;
  options.greeting_text = "hello\n";
  CHECK(RunLoad(options).verification.Passed());
  options.greeting_text = "howdy\n";
  const Report report = RunLoad(options);
  CHECK(report.messages == 0);
  CHECK(report.verdict != kValid);
  CHECK(report.errors.count({Phase::kConnect, "GREETING"}) == 1);
  options.greeting = Greeting::kNone;  // then it is a wrong echo
  options.greeting_text = "";
  CHECK_FALSE(RunLoad(options).verification.Passed());
}

TEST_CASE("CallsUnixSocketsAndIpv6") {
  const std::string path = "/tmp/load-run-test." + std::to_string(::getpid());
  for (const std::string& address : {"unix:" + path, std::string("[::1]:0")}) {
    TestServer server(Echo, "", address);
    Options options = CountedRun(server.target(), 100);
    options.connections = 3;
    const Report report = RunLoad(options);
    CHECK(report.messages > 0);
    CHECK(report.verification.Passed());
    CHECK(report.errors.empty());
  }
}

TEST_CASE("CallsFromTheSourcesItIsGiven") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.source_auto = false;
  options.sources = {"127.9.9.1", "127.9.9.2"};
  options.connections = 4;
  CHECK(RunLoad(options).errors.empty());
  options.sources = {"192.0.2.1"};  // not an address of this machine
  CHECK_THROWS_WITH(RunLoad(options), doctest::Contains("cannot call from 192.0.2.1"));
  options.sources = {"::1"};
  CHECK_THROWS_AS(RunLoad(options), std::invalid_argument);
}

TEST_CASE("SaysThatNobodyListens") {
  std::string target;
  {
    TestServer server(Echo);
    target = server.target();
  }
  CHECK_THROWS_WITH_AS(RunLoad(ShortRun(target)), doctest::Contains("Connection refused"),
                       std::runtime_error);
}

TEST_CASE("CountsRefusedConnectionsByTheirErrno") {
  TestServer* known = nullptr;
  TestServer server([&](TestCaller& caller, std::string_view data) {
    caller.Send(data);
    known->StopListening();
  });
  known = &server;
  Options options = ShortRun(server.target());
  options.messages_per_call = 1;
  const Report report = RunLoad(options);
  CHECK(report.errors.count({Phase::kConnect, "ECONNREFUSED"}) == 1);
  CHECK(report.verification.Passed());
}

TEST_CASE("CountsResetsByTheirErrno") {
  int messages = 0;
  TestServer server([&](TestCaller& caller, std::string_view data) {
    if (++messages % 10 == 0) return caller.Reset();
    caller.Send(data);
  });
  const Report report = RunLoad(CountedRun(server.target(), 100));
  CHECK(report.errors.at({Phase::kReceive, "ECONNRESET"}) >= 2);
  CHECK(report.messages > 0);
  CHECK(report.verification.Passed());
}

TEST_CASE("CountsCallersThatAreTurnedAway") {
  TestServer server([](TestCaller& caller, std::string_view) { caller.HangUp(); });
  const Report report = RunLoad(ShortRun(server.target()));
  CHECK(report.errors.at({Phase::kConnect, "CLOSED"}) >= 1);
  CHECK(report.verification.Passed());
  CHECK(report.verdict != kValid);
}

TEST_CASE("EndsEarlyWhenAskedToAndReportsWhatItHas") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.duration_s = 60;
  std::atomic<bool> stop{false};
  std::thread interrupter([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    stop = true;
  });
  const auto begin = std::chrono::steady_clock::now();
  const Report report = RunLoad(options, &stop);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  interrupter.join();
  CHECK(took.count() < 30);
  CHECK(report.messages > 0);
  CHECK(report.seconds > 0);
  CHECK(report.seconds < 30);
  CHECK(report.interrupted);
  CHECK(Mentions(report, "interrupted after"));
}

TEST_CASE("AnInterruptedWarmUpMeasuresNothing") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.warmup_s = 60;
  options.rate = 1000;
  const std::atomic<bool> stop{true};
  const Report report = RunLoad(options, &stop);
  CHECK(report.seconds == 0);
  CHECK(report.messages == 0);
  CHECK(report.generator.intended == 0);
  CHECK(report.generator.mean_in_flight == 0);
  CHECK(report.verdict == kTooShort);
  CHECK(Mentions(report, "interrupted"));
}

TEST_CASE("ANumberOfMessagesEndsTheRunBeforeItsTime") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.connections = 4;
  options.messages = 500;
  options.duration_s = 60;
  const Report report = RunLoad(options);
  CHECK(report.messages == 500);
  CHECK(report.latency.count() == 500);
  CHECK(report.seconds > 0);
  CHECK(report.seconds < 30);
  CHECK_FALSE(report.interrupted);
}

TEST_CASE("ThreadsShareTheNumberOfMessages") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.connections = options.threads = 4;
  options.duration_s = 0;
  options.messages = 2;
  const Report report = RunLoad(options);
  CHECK(report.messages == 2);
  CHECK(report.generator.connections_open == 4);
  CHECK(report.errors.empty());
}

}  // namespace
}  // namespace switchboard::load
