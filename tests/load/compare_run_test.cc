// Whole comparisons of servers, of which only counts and shapes are checked, never times.

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "bench/linux/process_tree.h"
#include "bench/load/compare/compare.h"
#include "bench/load/compare/report.h"
#include "bench/load/run/wrong_echo.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

const std::string kServer = std::string(SWITCHBOARD_BINARY) + " --listen 127.0.0.1:{port}";

CompareOptions Parse(std::initializer_list<std::string> arguments) {
  return ParseWith(ParseCompareOptions, "compare", arguments);
}

// Why the comparison came to nothing; empty if it did not.
std::string Failure(const CompareOptions& options) {
  try {
    Compare(options);
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

bool Says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

size_t ProcessesStartedHere() { return sys::ProcessTree(::getpid()).size() - 1; }

// Its turns end by count: on a busy machine a short time may pass without one message.
CompareOptions ShortComparison(const std::string& a, const std::string& b) {
  return Parse(
      {"--rounds=3", "-n500", "--warmup=0", "--seed=7", "--quiet", "--start-timeout=60", a, b});
}

// The same, with turns of `seconds`.
CompareOptions TimedComparison(const std::string& a, const std::string& b, double seconds) {
  CompareOptions options = ShortComparison(a, b);
  options.load.messages = 0;
  options.load.duration_s = seconds;
  return options;
}

TEST_CASE("EachTargetHasATurnInEveryRound") {
  TestServer a(Echo), b(Echo, "welcome\n");
  const Comparison comparison = Compare(ShortComparison("A=" + a.target(), "B=" + b.target()));
  CHECK(comparison.rounds == 3);
  CHECK(comparison.event_rounds == 0);
  REQUIRE(comparison.targets.size() == 2);
  for (const TargetResult& target : comparison.targets) {
    REQUIRE(target.trials.size() == 3);
    for (const Trial& trial : target.trials) {
      CHECK(trial.messages_per_second > 0.0);
      // On a busy machine there may be too few messages to tell it.
      CHECK((!trial.p99_ns || trial.p99_ns >= trial.p50_ns));
      CHECK_FALSE(trial.verdict.empty());
      CHECK_FALSE(trial.cpu_us);
      CHECK_FALSE(trial.resident_bytes);
    }
  }
  // A turn calls at least once, for its one connection.
  CHECK(a.callers() >= 3);
  CHECK(b.callers() >= 3);
}

TEST_CASE("ACommandIsStartedMeasuredAndEnded") {
  TestServer other(Echo);
  const Comparison comparison = Compare(ShortComparison("A=" + other.target(), "B=" + kServer));
  CHECK(ProcessesStartedHere() == 0);
  const TargetResult& target = comparison.targets[1];
  REQUIRE(target.trials.size() == 3);
  for (const Trial& trial : target.trials) {
    REQUIRE(trial.cpu_us);
    CHECK(*trial.cpu_us > 0);
    REQUIRE(trial.resident_bytes);
    CHECK(*trial.resident_bytes > 100'000);
  }
  CHECK(comparison.event_rounds == 2);  // half as many, and not none
  CHECK_FALSE(comparison.targets[0].events.system_calls);
  if (comparison.event_obstacle.empty()) {
    REQUIRE(target.events.system_calls);
    // An echo is a read and a write, whatever else.
    CHECK(*target.events.system_calls > 1.5);
    CHECK(*target.events.system_calls < 100);
    CHECK(target.events.context_switches.has_value());
    CHECK(Says(ToText(comparison), "calls/message"));
  } else {
    CHECK_FALSE(target.events.system_calls);
    CHECK(Says(ToText(comparison), "not counted"));
  }
}

TEST_CASE("ACommandThatEndsAtOnceIsNamed") {
  TestServer other(Echo);
  const std::string failure = Failure(ShortComparison("A=" + other.target(), "B=false {port}"));
  CHECK(failure == "B: 'false {port}' ended before it listened; run it by hand to see why");
  CHECK(ProcessesStartedHere() == 0);
}

TEST_CASE("ACommandThatNeverListensIsNamedAndEnded") {
  TestServer other(Echo);
  CompareOptions options = ShortComparison("A=" + other.target(), "B=sleep 1000 {port}");
  options.start_timeout_s = 0.2;
  CHECK(Says(Failure(options), "B: 'sleep 1000 {port}' did not listen in time; "));
  CHECK(ProcessesStartedHere() == 0);
}

TEST_CASE("ACommandThatEndsUnderLoadIsNamed") {
  TestServer other(Echo);
  CompareOptions options = TimedComparison("A=" + other.target(), "B=timeout 2 " + kServer, 4);
  options.rounds = 1;
  const std::string failure = Failure(options);
  CHECK(failure.starts_with("B: "));
  CHECK(ProcessesStartedHere() == 0);
}

TEST_CASE("ATargetThatCannotBeReachedIsNamed") {
  TestServer other(Echo);
  std::string nowhere;
  {
    TestServer gone(Echo);
    nowhere = gone.target();
  }
  const std::string failure = Failure(ShortComparison("A=" + other.target(), "B=" + nowhere));
  CHECK(failure.starts_with("B: "));
  CHECK(Says(failure, nowhere));
}

TEST_CASE("AWrongEchoEndsTheComparison") {
  TestServer right(Echo);
  TestServer wrong([](TestCaller& caller, std::string_view data) {
    std::string junk(data);
    junk.back() ^= 1;
    caller.Send(junk);
  });
  const CompareOptions options = ShortComparison("A=" + right.target(), "B=" + wrong.target());
  try {
    Compare(options);
    FAIL("it was compared");
  } catch (const WrongEcho& error) {
    CHECK(std::string(error.what()).starts_with("B: its echo was wrong"));
  }
}

TEST_CASE("ATargetThatNeverAnswersIsNotTheFastest") {
  TestServer right(Echo);
  TestServer leaving([](TestCaller& caller, std::string_view) { caller.HangUp(); });
  CompareOptions options = TimedComparison("A=" + right.target(), "B=" + leaving.target(), 0.5);
  options.load.rate = 500;
  const Comparison comparison = Compare(options);
  CHECK(MedianOf(comparison.targets[0], &Trial::p50_ns) > 0.0);
  for (const Trial& trial : comparison.targets[1].trials) CHECK_FALSE(trial.p50_ns);
}

TEST_CASE("AnInterruptLeavesTheCompleteRounds") {
  TestServer a(Echo), b(Echo);
  CompareOptions options = TimedComparison("A=" + a.target(), "B=" + b.target(), 0.01);
  options.rounds = 1000;
  std::atomic<bool> stop{false};
  // Both have been probed once by then and have had some turns.
  std::thread interrupt([&] {
    while (a.callers() < 8) std::this_thread::yield();
    stop = true;
  });
  const Comparison comparison = Compare(options, &stop);
  interrupt.join();
  CHECK(comparison.rounds >= 1);
  CHECK(comparison.rounds < 1000);
  for (const TargetResult& target : comparison.targets) {
    CHECK(target.trials.size() == static_cast<size_t>(comparison.rounds));
  }
}

TEST_CASE("AnInterruptBeforeTheFirstRoundLeavesNothing") {
  const std::atomic<bool> stop{true};
  CHECK_THROWS_AS(Compare(ShortComparison("A=" + kServer, "B=" + kServer), &stop),
                  std::runtime_error);
  CHECK(ProcessesStartedHere() == 0);
}

}  // namespace
}  // namespace switchboard::load
