// Comparing servers: what fixed figures come to, and the command line.

#include "bench/load/compare/compare.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/compare/report.h"
#include "bench/load/measure/verdict.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

using Sample = std::vector<double>;

CompareOptions Parse(std::initializer_list<std::string> arguments) {
  return ParseWith(ParseCompareOptions, "compare", arguments);
}
std::string Refusal(std::initializer_list<std::string> arguments) {
  return RefusalBy(Parse, arguments);
}

bool Says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// ---- What a comparison comes to.

TargetResult Result(const std::string& name, const Sample& rates) {
  TargetResult result{{.name = name, .address = "127.0.0.1:1", .command = {}}, {}, {}};
  for (const double rate : rates) {
    Trial trial;
    trial.messages_per_second = rate;
    if (rate > 0) trial.p50_ns = 1e9 / rate;
    if (rate > 0) trial.p99_ns = 2e9 / rate;
    trial.verdict = kValid;
    result.trials.push_back(trial);
  }
  return result;
}

Comparison Fixed() {
  Comparison comparison;
  comparison.load.seed = 1;
  comparison.load.duration_s = 1;
  comparison.rounds = comparison.rounds_asked = 7;
  // B is twice as fast as A in each round but one, however slow the round.
  comparison.targets = {Result("A", {1000, 500, 2000, 400, 1000, 800, 1000}),
                        Result("B", {2000, 1000, 4000, 800, 2000, 1600, 900})};
  return comparison;
}

TEST_CASE("TheRatioIsTheMedianOfTheRoundsOwn") {
  const Comparison comparison = Fixed();
  const auto ratio =
      RatioTo(comparison.targets[0], comparison.targets[1], &Trial::messages_per_second);
  REQUIRE(ratio);
  CHECK(ratio->median == 2);
  CHECK(ratio->interval.high == 2);
  CHECK(ratio->p < 0.3);
}

TEST_CASE("WhatDoesNotAnswerHasNoPercentileAndNoRatio") {
  const TargetResult right = Result("A", {1, 1}), silent = Result("B", {0, 0});
  for (const Figure figure : {&Trial::messages_per_second, &Trial::p50_ns, &Trial::p99_ns}) {
    CHECK(RatioTo(right, right, figure));
    CHECK_FALSE(RatioTo(right, silent, figure));
    CHECK_FALSE(RatioTo(silent, right, figure));
  }
  Comparison comparison = Fixed();
  comparison.load.rate = 100;
  comparison.targets[1] = Result("B", {0, 0, 0, 0, 0, 0, 0});
  CHECK(Says(ToText(comparison), "| B      |          0 |              - |"));
  CHECK_FALSE(Says(ToText(comparison), "0 ns"));
  const Json json = ToJson(comparison)["targets"].AsArray()[1];
  CHECK(json["messages_per_second"].AsNumber() == 0);
  CHECK(json["p99_us"].IsNull());
  CHECK(json["ratio"]["p99_us"].IsNull());
  CHECK(json["turns"].AsArray()[0]["p99_us"].IsNull());
}

TEST_CASE("ARoundWithoutAMessageIsNamedAndLeftOut") {
  Comparison comparison = Fixed();
  comparison.targets[1] = Result("B", {2000, 1000, 0, 800, 2000, 1600, 2000});
  for (const Figure figure : {&Trial::messages_per_second, &Trial::p99_ns}) {
    const auto ratio = RatioTo(comparison.targets[0], comparison.targets[1], figure);
    REQUIRE(ratio);
    CHECK(ratio->rounds == 6);
  }
  const std::string text = ToText(comparison);
  CHECK(Says(text, "| B      |      1,600 | 2.00 ("));
  CHECK(Says(text, "B: no message in round 3, which no ratio includes"));
  const Json json = ToJson(comparison)["targets"].AsArray()[1];
  CHECK(json["ratio"]["messages_per_second"]["rounds"].AsUnsigned() == 6);
}

TEST_CASE("AServerComparedWithItselfHasRatioOne") {
  const TargetResult target = Result("A", {1000, 500, 2000, 400, 1000});
  const auto ratio = RatioTo(target, target, &Trial::p99_ns);
  REQUIRE(ratio);
  CHECK(ratio->median == 1);
  CHECK(ratio->interval.low <= 1);
  CHECK(ratio->interval.high >= 1);
  CHECK(ratio->p == 1);
}

TEST_CASE("TheTableIsMarkdownWhoseColumnsLineUp") {
  const std::string text = ToText(Fixed());
  CHECK(Says(text, "| target | messages/s |     rate / A (95 %) |"));
  CHECK(Says(text, "| A      |      1,000 | "));
  CHECK(Says(text, "| B      |      1,600 | 2.00 ("));
  // Nothing was started here, so nothing is known of what a message costs.
  CHECK_FALSE(Says(text, "calls/message"));
  CHECK_FALSE(Says(text, "further rounds"));
  size_t bars = 0, tables_lines = 0, width = 0;
  for (size_t at = text.find("| "); at != text.npos && at < text.size();) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    if (!line.starts_with('|')) break;
    const auto own = static_cast<size_t>(std::count(line.begin(), line.end(), '|'));
    CHECK((tables_lines == 0 || (own == bars && line.size() == width)));
    bars = own;
    width = line.size();
    ++tables_lines;
    at += line.size() + 1;
  }
  CHECK(tables_lines == 4);
}

TEST_CASE("TurnsThatAreNotValidAreCountedAndSaid") {
  Comparison comparison = Fixed();
  CHECK_FALSE(Says(ToText(comparison), "A: "));
  CHECK_FALSE(Says(ToText(comparison), "B: "));
  for (const size_t round : {1, 4}) {
    comparison.targets[1].trials[round].verdict = kGeneratorBound;
    comparison.targets[1].trials[round].reason = "it was busy";
  }
  comparison.targets[0].trials[2].verdict = kTargetNotReached;
  const std::string text = ToText(comparison);
  CHECK(Says(text,
             "B: GENERATOR-BOUND in 2 of 7 rounds; it may be faster, so its ratio is a lower "
             "bound (it was busy)"));
  CHECK(Says(text, "A: TARGET-NOT-REACHED in 1 of 7 rounds"));
}

TEST_CASE("AnInterruptedOrShortComparisonSaysSo") {
  Comparison comparison = Fixed();
  comparison.rounds_asked = 9;
  CHECK(Says(ToText(comparison), "interrupted: 9 rounds were asked for"));
  CHECK_FALSE(Says(ToText(comparison), "so few rounds"));
  for (TargetResult& target : comparison.targets) target.trials.resize(5);
  CHECK(Says(ToText(comparison), "so few rounds hold no more than 93.8 %"));
}

TEST_CASE("OneRoundIsNotCalledRounds") {
  Comparison comparison = Fixed();
  comparison.rounds = 1;
  for (TargetResult& target : comparison.targets) target.trials.resize(1);
  comparison.targets[1].trials[0].verdict = kGeneratorBound;
  const std::string text = ToText(comparison);
  CHECK(Says(text, "medians of 1 round in random order"));
  CHECK(Says(text, "B: GENERATOR-BOUND in 1 of 1 round; "));
}

TEST_CASE("AnOpenLoopComparesLatencies") {
  Comparison comparison = Fixed();
  comparison.load.rate = 100;
  const std::string text = ToText(comparison);
  CHECK(Says(text, "p99 / A (95 %)"));
  CHECK(Says(text, "0.50 ("));
}

TEST_CASE("TheJsonHoldsEveryTurnAndWhatItComesTo") {
  const Json json = Json::Parse(ToJson(Fixed()).ToString());
  CHECK(json["schema"].AsString() == "switchboard-compare/1");
  CHECK(json["rounds"].AsUnsigned() == 7);
  CHECK(json["config"]["seed"].AsUnsigned() == 1);
  CHECK(json["event_obstacle"].IsNull());
  const Json& b = json["targets"].AsArray()[1];
  CHECK(b["name"].AsString() == "B");
  CHECK(b["address"].AsString() == "127.0.0.1:1");
  CHECK(b["messages_per_second"].AsNumber() == 1600);
  CHECK(b["ratio"]["messages_per_second"]["median"].AsNumber() == 2);
  CHECK(b["ratio"]["p50_us"]["median"].AsNumber() == doctest::Approx(0.5));
  CHECK(b["system_calls_per_message"].IsNull());
  CHECK(b["turns"].AsArray().size() == 7);
  CHECK(b["turns"].AsArray()[6]["messages_per_second"].AsNumber() == 900);
}

// ---- The command line.

TEST_CASE("UnderstandsTargetsAndTheOptionsOfALoad") {
  const CompareOptions options =
      Parse({"--rounds", "5", "-c", "64", "--size=10-20", "A=127.0.0.1:80", "--quiet",
             "B=/bin/server -p {port} --x=y", "-d2", "C=[::1]:8000", "--start-timeout", "2.5"});
  CHECK(options.rounds == 5);
  CHECK(options.start_timeout_s == 2.5);
  CHECK(options.load.connections == 64);
  CHECK(options.load.max_size_bytes == 20);
  CHECK(options.load.duration_s == 2);
  CHECK(options.load.quiet);
  CHECK(options.load.seed != 0);
  REQUIRE(options.targets.size() == 3);
  CHECK(options.targets[0].name == "A");
  CHECK(options.targets[0].address == "127.0.0.1:80");
  CHECK(options.targets[1].command == "/bin/server -p {port} --x=y");
  CHECK(options.targets[1].address.empty());
  CHECK(options.targets[2].address == "[::1]:8000");
}

TEST_CASE("ATurnIsShortUnlessItIsSaid") {
  CHECK(Parse({"A=1", "B=2"}).rounds == 9);
  CHECK(Parse({"A=1", "B=2"}).load.duration_s == 1);
  CHECK(Parse({"A=1", "B=2"}).load.warmup_s == 0.2);
  CHECK(Parse({"-n", "100", "A=1", "B=2"}).load.duration_s == 0);
  CHECK(Parse({"--warmup=1", "A=1", "B=2"}).load.warmup_s == 1);
}

TEST_CASE("RefusesWrongComparisonsInOneSentence") {
  CHECK(Says(Refusal({}), "at least two targets"));
  CHECK(Says(Refusal({"A=1"}), "at least two targets"));
  CHECK(Says(Refusal({"A=1", "127.0.0.1:8000"}), "'127.0.0.1:8000' is no target"));
  CHECK(Says(Refusal({"A=1", "=2"}), "is no target"));
  CHECK(Says(Refusal({"A=1", "B="}), "is no target"));
  CHECK(Says(Refusal({"A=1", "A=2"}), "'A' is given twice"));
  CHECK(Says(Refusal({"A=1", "a|b=2"}), "cannot be a target's name"));
  CHECK(Says(Refusal({"A=1", "B=server --port 1"}), "needs {port}"));
  CHECK(
      Says(Refusal({"A=1", "B=/bin/server"}), "'/bin/server' is neither HOST:PORT nor a command"));
  CHECK(Says(Refusal({"A=1", "B=127.0.0.1:0"}), "needs a port"));
  CHECK(Says(Refusal({"A=1", "B=127.0.0.1:99999"}), "99999"));
  for (const std::string rounds : {"0", "-1", "1001", "4294967297", "3x", ""}) {
    CHECK(Says(Refusal({"--rounds=" + rounds, "A=1", "B=2"}), "--rounds cannot be"));
  }
  for (const std::string seconds : {"0", "-1", "nan", "3601", "1x", ""}) {
    CHECK(Says(Refusal({"--start-timeout=" + seconds, "A=1", "B=2"}), "--start-timeout cannot"));
  }
  CHECK(Says(Refusal({"--connections=0", "A=1", "B=2"}), "--connections cannot be '0'"));
  CHECK(Says(Refusal({"--slo=p99=1ms", "A=1", "B=2"}), "'--slo=p99=1ms' is not known"));
  CHECK(Says(Refusal({"A=1", "B=2", "--rounds"}), "'--rounds' needs a value"));
}

}  // namespace
}  // namespace switchboard::load
