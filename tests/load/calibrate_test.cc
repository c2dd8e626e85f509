// switchboard-load staff calibrate: what the steps of the server cost here. How much is the
// machine's affair; that there is a figure for each, and that it can be read back, is not.

#include <doctest/doctest.h>

#include <fstream>
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

TEST_CASE("EveryStepHasItsCosts") {
  const test::TempFolder folder;
  const test::Finished run = Calibrate({"--json", folder / "costs.json"});
  CHECK(run.status == 0);
  CHECK(Has(run.out, "a round of epoll"));
  const Costs costs = ReadCosts(folder / "costs.json");
  CHECK(costs.cpus >= 1);
  CHECK_FALSE(costs.kernel.empty());
  for (const double cost : {costs.read, costs.write, costs.poll, costs.wake, costs.hand_over,
                            costs.accept, costs.job, costs.client}) {
    CHECK(cost > 0);
    CHECK(cost < 1e9);
  }
  CHECK(costs.compared.empty());
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
  const Costs read = CostsFromJson(Json::Parse(ToJson(costs).ToString()));
  CHECK(read.host == "here");
  CHECK(read.read_byte == 0.125);
  REQUIRE(read.compared.size() == 1);
  CHECK(read.compared[0].ThroughputError() == doctest::Approx(0.05));
  CHECK(read.compared[0].P99Error() == doctest::Approx(-0.25));
  CHECK_FALSE(read.compared[0].Holds());  // its p99 is off by more than a fifth
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
  std::ofstream(folder / "text") << "1.5 us";
  CHECK(Has(RefusalOf(folder / "text"), "cannot take costs from"));
  std::ofstream(folder / "other") << R"({"schema": "switchboard-load/3"})";
  CHECK(Has(RefusalOf(folder / "other"), "'switchboard-load/3'"));
  Json negative = ToJson(Costs());
  std::string text = negative.ToString();
  text.replace(text.find("\"read_ns\": 0"), 12, "\"read_ns\": -5");
  std::ofstream(folder / "negative") << text;
  CHECK(Has(RefusalOf(folder / "negative"), "'read_ns' is below 0"));
  std::ofstream(folder / "short") << R"({"schema": "switchboard-costs/1", "host": "here"})";
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
