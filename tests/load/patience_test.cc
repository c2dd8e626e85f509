// Runs end when they should: not before a slow schedule is over, and soon where nothing more can
// come or somebody wants them to.

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <string>
#include <string_view>
#include <thread>

#include "bench/load/measure/verdict.h"
#include "bench/load/run/load.h"
#include "bench/load/run/schedule.h"
#include "src/linux/clock.h"
#include "tests/load/support.h"
#include "tests/support/server_process.h"
#include "tests/support/wait.h"

namespace switchboard::load {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kSecondNs = 1'000'000'000;

Schedule Started(double per_second, Arrivals arrivals) {
  Schedule schedule(per_second, arrivals, Pattern(1, 1));
  schedule.Start(0, 0);
  return schedule;
}

TEST_CASE("AScheduleThatIsTooSlowForAClockNeverComes") {
  for (const double rate : {1e-10, 1e-300}) {
    Schedule schedule = Started(rate, Arrivals::kUniform);
    schedule.Advance();
    CHECK(schedule.Runs());
    CHECK(schedule.next_ns() > kSecondNs * 86'400 * 365 * 100);
  }
}

TEST_CASE("WhatAScheduleStillOwesIsCountedAtOnce") {
  Schedule uniform = Started(1000, Arrivals::kUniform);
  CHECK(uniform.CountBetween(0, kSecondNs) == 1000);
  CHECK(uniform.CountBetween(kSecondNs / 2, kSecondNs) == 500);
  CHECK(uniform.CountBetween(kSecondNs, kSecondNs) == 0);
  for (int i = 0; i < 999; ++i) uniform.Advance();
  CHECK(uniform.CountBetween(0, kSecondNs) == 1);
  uniform.Advance();
  CHECK(uniform.CountBetween(0, kSecondNs) == 0);
  CHECK(Schedule(0, Arrivals::kUniform, Pattern()).CountBetween(0, kSecondNs) == 0);
  // A thousand million moments, for which nobody has the time to draw random numbers.
  CHECK(Started(1e9, Arrivals::kPoisson).CountBetween(0, 10 * kSecondNs) ==
        doctest::Approx(1e10).epsilon(1e-6));
}

// One message in 10 s on average; the gaps of this seed are longer than the patience with a target.
TEST_CASE("ASparseScheduleIsNotTakenForASilentTarget") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.rate = 0.5;
  options.arrivals = Arrivals::kPoisson;
  options.messages = 5;
  options.duration_s = 0;
  options.seed = 3;
  const Report report = RunLoad(options);
  CHECK(report.messages == 5);
  CHECK_FALSE(Mentions(report, "of 5 messages were answered"));
}

TEST_CASE("ARateThatNoMachineReachesEndsInTime") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.rate = 1e9;
  options.arrivals = Arrivals::kPoisson;
  options.duration_s = 0.5;
  const int64_t begin_ns = sys::NowNs();
  const Report report = RunLoad(options);
  CHECK(sys::NowNs() - begin_ns < 60 * kSecondNs);
  CHECK(report.verdict == kGeneratorBound);
  CHECK(report.generator.too_late > 0);
}

// From Ctrl-C until the program has ended, if it does.
milliseconds TimeToEnd(const test::ServerProcess::Options& words, const std::atomic<bool>* called) {
  test::Spawn spawn;
  spawn.program = SWITCHBOARD_LOAD;
  auto program = test::ServerProcess::WithoutWaiting(words, spawn);
  if (called != nullptr) REQUIRE(test::WaitFor([&] { return called->load(); }));
  std::this_thread::sleep_for(milliseconds(300));
  const auto begin = std::chrono::steady_clock::now();
  program.Signal(SIGINT);
  CHECK(program.WaitForExit());
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
}

// A second is promised, and a busy machine may take longer; without the promise it would be far
// more.
constexpr milliseconds kSoon(1800);

TEST_CASE("CtrlCEndsARunWhoseRepliesDoNotCome") {
  std::atomic<bool> called{false};
  TestServer server([&](TestCaller& caller, std::string_view data) {
    if (caller.held.empty()) caller.Send(data);  // proves itself, and says nothing any more
    caller.held = "answered";
    called = true;
  });
  CHECK(TimeToEnd({"-d", "60", "--greeting", "none", server.target()}, &called) < kSoon);
}

TEST_CASE("CtrlCEndsASearchAndARamp") {
  std::atomic<bool> called{false};
  TestServer server([&](TestCaller& caller, std::string_view data) {
    called = true;
    caller.Send(data);
  });
  CHECK(TimeToEnd({"--slo", "p99=1s", "-d", "60", "--greeting", "none", server.target()}, &called) <
        kSoon);
  CHECK(TimeToEnd({"-c", "100", "--ramp", "600", "--greeting", "none", server.target()}, &called) <
        kSoon);
}

// A listener whose backlog is full and that nobody accepts from: the kernel drops further calls.
TEST_CASE("CtrlCEndsAProbeThatNobodyAnswers") {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(listener, 0) == 0);
  REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  int callers[4];
  for (int& caller : callers) {
    caller = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    (void)::connect(caller, reinterpret_cast<sockaddr*>(&address), size);
  }
  const std::string target = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  CHECK(TimeToEnd({"-d", "60", target}, nullptr) < kSoon);
  for (const int caller : callers) ::close(caller);
  ::close(listener);
}

}  // namespace
}  // namespace switchboard::load
