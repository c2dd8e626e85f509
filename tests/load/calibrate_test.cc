// switchboard-load staff calibrate: what the steps of the server cost here. How much is the
// machine's affair; that there is a figure for each, and that it can be read back, is not.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/load/base/json.h"
#include "bench/load/staff/costs.h"
#include "tests/load/support.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::load {
namespace {

test::Finished Calibrate(std::vector<std::string> words) {
  test::Spawn spawn;
  spawn.program = SWITCHBOARD_LOAD;
  words.insert(words.begin(), {"staff", "calibrate"});
  return test::RunToEnd(words, spawn);
}

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

std::string RefusalOf(const std::string& path) {
  try {
    ReadCosts(path);
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

// Once for all tests, as it takes some seconds.
const Costs& CostsOfThisHost() {
  static const Costs costs = [] {
    const test::TempFolder folder;
    const test::Finished run = Calibrate({"--json", folder / "costs.json"});
    REQUIRE(run.status == 0);
    CHECK(Has(run.out, "a round of epoll"));
    CHECK(Has(run.out, "a piece of work with all CPUs busy"));
    return ReadCosts(folder / "costs.json");
  }();
  return costs;
}

TEST_CASE("EveryStepHasItsCosts") {
  const Costs& costs = CostsOfThisHost();
  CHECK(costs.cpus >= 1);
  CHECK_FALSE(costs.kernel.empty());
  for (const double cost : {costs.read, costs.write, costs.poll, costs.wake, costs.hand_over,
                            costs.accept, costs.job, costs.client}) {
    CHECK(cost > 0);
    CHECK(cost < 1e9);
  }
  for (const Spread& wait : {costs.wake_delay, costs.nap_delay, costs.timer_delay}) {
    CHECK(wait.Median() > 0);
    CHECK(wait.At(1) >= wait.Median());
    CHECK(wait.At(1) < 1e10);
  }
  CHECK(costs.compared.empty());
}

// Equal pieces of work, one after the other, on each CPU that there is, for two seconds.
TEST_CASE("ThePaceOfEachCpuIsThere") {
  const Costs& costs = CostsOfThisHost();
  const PaceRecord& pace = costs.pace;
  CHECK(pace.percents.size() == std::min<size_t>(16, static_cast<size_t>(costs.cpus)));
  size_t below = 0, all = 0;
  for (const std::vector<int>& percents : pace.percents) {
    CHECK_FALSE(percents.empty());
    CHECK(percents.size() <= 4000);
    CHECK(std::ranges::min(percents) >= 1);
    const double took_ns =
        pace.piece / 100 * std::accumulate(percents.begin(), percents.end(), 0.0);
    CHECK(took_ns < 1e11);
    below +=
        static_cast<size_t>(std::ranges::count_if(percents, [](int each) { return each < 100; }));
    all += percents.size();
  }
  CHECK(2 * below <= all);  // as all are compared with the median
}

TEST_CASE("CostsComeBackAsTheyWereWritten") {
  Costs costs;
  costs.host = "here";
  costs.read_byte = 0.125;
  costs.compared.push_back({.callers = 64,
                            .measured_per_second = 1000,
                            .simulated_per_second = 1050,
                            .measured_p99_us = 200,
                            .simulated_p99_us = 150});
  costs.wake_delay = Spread::Of({1000, 2500, 90'000});
  costs.timer_delay = 60'000;
  costs.pace = {.piece = 400'000, .percents = {{100, 97, 1250}, {100, 101}}};
  const Costs read = CostsFromJson(Json::Parse(ToJson(costs).ToString()));
  CHECK(read.host == "here");
  CHECK(read.wake_delay.quantiles() == costs.wake_delay.quantiles());
  CHECK(read.timer_delay.quantiles() == costs.timer_delay.quantiles());
  CHECK(read.pace.piece == 400'000);
  CHECK(read.pace.percents == costs.pace.percents);
  CHECK(read.read_byte == 0.125);
  REQUIRE(read.compared.size() == 1);
  CHECK(read.compared[0].ThroughputError() == doctest::Approx(0.05));
  CHECK(read.compared[0].P99Error() == doctest::Approx(-0.25));
  CHECK_FALSE(read.compared[0].Holds());  // its p99 is off by more than a fifth
}

TEST_CASE("SaysThatOthersHadTheCpus") {
  Costs costs;
  costs.pace = {.piece = 400'000, .percents = {{100, 97, 104}, {130, 100, 160}}};
  CHECK_FALSE(Has(ToText(costs), "warning"));
  costs.pace.percents = {{100, 97, 104}, {100, 900, 500}};
  CHECK(Has(ToText(costs), "a piece took 3.0 times as long in the mean"));
}

// Up to 32 callers a message costs what was measured with few, from so many on what was measured
// with many, and between them it grows.
TEST_CASE("ManyCallersAreColder") {
  Costs costs;
  costs.read = 2000;
  costs.read_byte = 0.5;
  costs.read_cold = 800;
  CHECK(costs.Read(100, 1e6) == 2050);  // never measured
  costs.cold_callers = 32 * 64;
  CHECK(costs.Read(100, 1) == 2050);
  CHECK(costs.Read(100, 32) == 2050);
  CHECK(costs.Read(100, 32 * 8) == doctest::Approx(2450));
  CHECK(costs.Read(100, 1e6) == 2850);
}

TEST_CASE("CostsThatAreNoneAreRefused") {
  const test::TempFolder folder;
  CHECK(Has(RefusalOf(folder / "none"), "it cannot be read"));
  CHECK(Has(RefusalOf(folder / "."), "it cannot be read"));
  std::ofstream(folder / "text") << "1.5 us";
  CHECK(Has(RefusalOf(folder / "text"), "cannot take costs from"));
  std::ofstream(folder / "other") << R"({"schema": "switchboard-load/3"})";
  CHECK(Has(RefusalOf(folder / "other"), "'switchboard-load/3'"));
  const auto refusal_with = [&](const std::string& from, const std::string& to) {
    Costs costs;
    costs.pace = {.piece = 5000, .percents = {{100, 90}}};
    std::string text = ToJson(costs).ToString();
    REQUIRE(Has(text, from));
    text.replace(text.find(from), from.size(), to);
    std::ofstream(folder / "changed") << text;
    return RefusalOf(folder / "changed");
  };
  CHECK(Has(refusal_with("costs/2", "costs/1"), "not 'switchboard-costs/2'"));
  CHECK(Has(refusal_with("\"read_ns\": 0", "\"read_ns\": -5"), "'read_ns' is below 0"));
  CHECK(Has(refusal_with("\"read_ns\": 0", "\"read_ns\": 1e15"), "'read_ns' is above 1 s"));
  for (const char* cpus : {"\"cpus\": 0", "\"cpus\": 1.5", "\"cpus\": 1025"}) {
    CHECK(Has(refusal_with("\"cpus\": 1", cpus), "'cpus' is no whole number from 1 to 1024"));
  }
  CHECK(Has(refusal_with("\"wake_delay_ns\": [0", "\"wake_delay_ns\": [9"), "'wake_delay_ns' has"));
  CHECK(Has(refusal_with("\"timer_delay_ns\": [0,", "\"timer_delay_ns\": ["), "22 quantiles"));
  CHECK(Has(refusal_with("[100,90]", "[100,0]"), "'pace_percents' has a value below 1"));
  CHECK(Has(refusal_with("[100,90]", "[]"), "'pace_percents' has a CPU without"));
  CHECK(Has(refusal_with("\"pace_piece_ns\": 5000", "\"pace_piece_ns\": 5"), "'pace_piece_ns' is"));
  std::ofstream(folder / "short") << R"({"schema": "switchboard-costs/2", "host": "here"})";
  CHECK(Has(RefusalOf(folder / "short"), "kernel"));
}

TEST_CASE("RefusesWhatItDoesNotTake") {
  const test::Finished operand = Calibrate({"nonsense"});
  CHECK(operand.status == 2);
  CHECK(Has(operand.err, "leave out 'nonsense'"));
  CHECK(Calibrate({"--rate", "8"}).status == 2);
  CHECK(Calibrate({"--json", "/proc/none/x"}).status == 1);
}

}  // namespace
}  // namespace switchboard::load
