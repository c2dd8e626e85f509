// switchboard-load staff as a user runs it: how many workers and lines callers need.

#include "bench/load/staff/staff.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "bench/load/base/json.h"
#include "tests/load/support.h"
#include "tests/support/server_process.h"

namespace switchboard::load {
namespace {

using Words = std::vector<std::string>;

test::Finished Staff(Words words) {
  test::Spawn spawn;
  spawn.program = SWITCHBOARD_LOAD;
  words.insert(words.begin(), "staff");
  return test::RunToEnd(words, spawn);
}

Json JsonOf(Words words) {
  words.insert(words.end(), {"--json", "-"});
  const test::Finished run = Staff(words);
  CHECK(run.status == 0);
  return Json::Parse(run.out);
}

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

// The row of one fewer or one more.
const Json& Neighbour(const Json& json, int64_t workers, const char* key = "workers") {
  const Json::Array& rows = json["around"].AsArray();
  const auto row =
      std::ranges::find_if(rows, [&](const Json& each) { return each[key].AsSigned() == workers; });
  REQUIRE(row != rows.end());
  return *row;
}

TEST_CASE("SaysHowManyWorkersATargetNeeds") {
  const Json json = JsonOf({"--rate", "800", "--service", "5ms", "--target", "80%/20ms"});
  CHECK(json["formula"].AsString() == "Erlang C");
  CHECK(json["workers"].AsSigned() == 5);
  CHECK(json["p_wait"].AsNumber() == doctest::Approx(0.554113));
  CHECK(json["mean_wait_us"].AsNumber() == doctest::Approx(0.554113 * 5000));
  CHECK(json["p_wait_over_target"].AsNumber() == doctest::Approx(0.554113 * std::exp(-4.0)));
  CHECK(json["utilisation"].AsNumber() == doctest::Approx(0.8));
  CHECK(Neighbour(json, 6)["p_wait"].AsNumber() < 0.3);
}

TEST_CASE("WhatGrowsWithoutEndIsNullAndSaid") {
  const Json json = JsonOf({"--rate", "800", "--service", "5ms"});
  for (const char* key : {"p_wait", "mean_wait_us", "p_wait_over_target", "utilisation"}) {
    CHECK(Neighbour(json, 4)[key].IsNull());
  }
  const Json alone = JsonOf({"--rate", "800", "--service", "5ms", "--workers", "3"});
  CHECK(alone["workers"].AsSigned() == 3);
  CHECK(alone["mean_wait_us"].IsNull());
  CHECK(Has(Staff({"--rate", "800", "--service", "5ms"}).out, "grows without end"));
}

TEST_CASE("APercentageIsWhatWasWritten") {
  const auto text_of = [](const char* target) {
    return Staff({"--rate", "8", "--service", "5ms", "--json", "-", "--target", target}).out;
  };
  CHECK(Has(text_of("95%/1ms"), "\"target_share\": 0.95,"));
  CHECK(Has(text_of("99.9%/1ms"), "\"target_share\": 0.999,"));
  CHECK(Has(text_of("7%/1ms"), "\"target_share\": 0.07,"));
}

// One worker more or fewer than the answer does what the answer says.
TEST_CASE("TheAnswerIsTheFewestThatMeetTheTarget") {
  for (const Words& words :
       {Words{"--rate", "9k", "--service", "11ms", "--target", "99%/1ms"},
        Words{"--rate", "37", "--service", "1", "--target", "80%/1s", "--cv", "2"},
        Words{"--rate", "500", "--service", "20ms", "--target", "90%/5ms", "--patience", "50ms"},
        Words{"--rate", "1000k", "--service", "900ms", "--target", "99.9%/1us"}}) {
    const Json json = JsonOf(words);
    const double share = json["asked"]["target_share"].AsNumber();
    const int64_t workers = json["workers"].AsSigned();
    CHECK(json["p_served_in_target"].AsNumber() >= share);
    const Json& fewer = Neighbour(json, workers - 1)["p_served_in_target"];
    CHECK((fewer.IsNull() || fewer.AsNumber() < share));
  }
}

TEST_CASE("AServiceOfConstantLengthHalvesTheWait") {
  const Words words{"--rate", "800", "--service", "5ms", "--workers", "5"};
  Words constant = words;
  constant.insert(constant.end(), {"--cv", "0"});
  const Json json = JsonOf(constant);
  CHECK(json["formula"].AsString() == "Allen-Cunneen");
  CHECK(json["mean_wait_us"].AsNumber() ==
        doctest::Approx(JsonOf(words)["mean_wait_us"].AsNumber() / 2));
}

TEST_CASE("WarnsWhereAllenCunneenIsWeak") {
  const auto warnings = [](const Words& words) { return JsonOf(words)["warnings"].AsArray(); };
  const auto warns = [&](const Words& words, const char* of) {
    return std::ranges::any_of(warnings(words),
                               [&](const Json& each) { return Has(each.AsString(), of); });
  };
  const Words idle{"--rate", "10", "--service", "1", "--workers", "20", "--cv", "0.2"};
  const Words busy{"--rate", "19.5", "--service", "1", "--workers", "20", "--cv", "0.2"};
  const Words wild{"--rate", "19.5", "--service", "1", "--workers", "20", "--cv", "3"};
  const Words single{"--rate", "0.5", "--service", "1", "--workers", "1", "--cv", "3"};
  CHECK(warns(idle, "Allen-Cunneen is weak"));
  CHECK_FALSE(warns(busy, "Allen-Cunneen is weak"));
  CHECK(warns(wild, "whole distribution"));
  CHECK_FALSE(warns(single, "whole distribution"));
  CHECK(warnings({"--rate", "800", "--service", "5ms"}).empty());
  CHECK(Has(Staff(idle).out, "warning: Allen-Cunneen is weak"));
}

TEST_CASE("CallersWhoHangUpNeedFewerWorkers") {
  const Words words{"--rate", "4k", "--service", "5ms", "--target", "95%/1ms"};
  Words impatient = words;
  impatient.insert(impatient.end(), {"--patience", "10ms"});
  const Json json = JsonOf(impatient);
  CHECK(json["formula"].AsString() == "Erlang A");
  CHECK(json["workers"].AsSigned() < JsonOf(words)["workers"].AsSigned());
  CHECK(json["p_abandon"].AsNumber() > 0);
  // Too few are no catastrophe: some hang up.
  const Json few =
      JsonOf({"--rate", "4k", "--service", "5ms", "--workers", "10", "--patience", "10ms"});
  CHECK(few["p_abandon"].AsNumber() == doctest::Approx(0.5).epsilon(0.02));
  CHECK(Has(Staff(impatient).out, "hang up"));
  CHECK(Has(Staff(impatient).out, "their service begins; for those who wait for its end"));
}

TEST_CASE("SaysHowManyLinesCallsNeed") {
  const Json json = JsonOf({"--rate", "1", "--service", "5s", "--lines", "10"});
  CHECK(json["formula"].AsString() == "Erlang B");
  CHECK(json["p_busy"].AsNumber() == doctest::Approx(0.0183846).epsilon(1e-5));
  CHECK(json["utilisation"].AsNumber() == doctest::Approx(0.5 * (1 - 0.0183846)).epsilon(1e-5));
  const Json enough =
      JsonOf({"--rate", "1", "--service", "5s", "--lines", "auto", "--target", "99%"});
  const int64_t lines = enough["lines"].AsSigned();
  CHECK(enough["p_busy"].AsNumber() <= 0.01);
  CHECK(Neighbour(enough, lines - 1, "lines")["p_busy"].AsNumber() > 0.01);
  CHECK(JsonOf({"--rate", "1", "--service", "5s", "--lines", "auto"})["lines"].AsSigned() == lines);
  CHECK(Has(Staff({"--rate", "1", "--service", "5s", "--lines", "9", "--target", "99.999999%"}).out,
            "target: 99.999999 %"));
}

TEST_CASE("OneWorkerHasNoFewer") {
  CHECK(JsonOf({"--rate", "1", "--service", "1ms"})["around"].AsArray().size() == 2);
}

std::string Refusal(std::initializer_list<std::string> arguments) {
  return RefusalBy(
      [](std::initializer_list<std::string> words) { return ParseWith(StaffMain, "staff", words); },
      arguments);
}

TEST_CASE("RefusesWhatMakesNoSense") {
  CHECK(Has(Refusal({}), "--rate"));
  CHECK(Has(Refusal({"--rate", "0"}), "--rate cannot be '0'"));
  CHECK(Has(Refusal({"--rate", "many"}), "--rate cannot be 'many'"));
  CHECK(Has(Refusal({"--rate", "8"}), "--service 5ms"));
  CHECK(Has(Refusal({"--service", "0"}), "--service cannot be '0'"));
  CHECK(Has(Refusal({"--service", "10y"}), "its unit: ns, us, ms, s, min or h"));
  CHECK(Has(Refusal({"--rates", "0"}), "numbers per second from 0.001 to 1000000000 with commas"));
  CHECK(Has(Refusal({"--cv", "-1"}), "--cv cannot be '-1'"));
  CHECK(Has(Refusal({"--patience", "0"}), "--patience cannot be '0'"));
  for (const char* workers : {"0", "-1", "1.5", "1000001", "all"}) {
    CHECK(Has(Refusal({"--workers", workers}), "--workers cannot be"));
  }
  for (const char* target :
       {"", "80", "0%/1s", "100%/1s", "120%/1s", "80%/0s", "80%/20", "/1s", "80%/", "80%/1s/1s"}) {
    CAPTURE(target);
    CHECK(Has(Refusal({"--target", target}), "--target cannot be"));
  }
}

TEST_CASE("RefusesWhatMakesNoSenseTogether") {
  const auto together = [](std::initializer_list<std::string> more) {
    std::vector<std::string> words{"--rate", "800", "--service", "5ms"};
    words.insert(words.end(), more);
    const test::Finished run = Staff(words);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(std::ranges::count(run.err, '\n') == 1);
    return run.err;
  };
  CHECK(Has(together({"--target", "80%"}), "--target needs a time"));
  CHECK(Has(together({"--lines", "9", "--target", "80%/1s"}), "--lines has no waits"));
  CHECK(Has(together({"--lines", "9", "--workers", "9"}), "leave out one of them"));
  CHECK(Has(together({"--lines", "9", "--patience", "1s"}), "leave out one of them"));
  CHECK(Has(together({"--lines", "9", "--cv", "2"}), "holds for any"));
  CHECK(Has(together({"--patience", "1s", "--cv", "2"}), "no formula"));
  CHECK(Has(together({"nonsense"}), "'nonsense'"));
  CHECK(Has(together({"--json", ""}), "--json cannot be ''"));
  for (const std::string option : {"--html", "--title", "--note", "--connections", "--duration",
                                   "--warmup", "--greeting", "--seed", "--start-timeout"}) {
    CAPTURE(option);
    CHECK(Has(together({option, "1"}), option + " is for what is measured; give --rates"));
  }
  CHECK(Has(together({"--within", "5%"}), "--within is for what is measured"));
  CHECK(Has(together({"--rate", "1G"}), "work for 5,000,000 workers, and"));
  CHECK(Has(together({"--rate", "199.9999M", "--target", "99%/1us"}), "more than 1,000,000"));
}

}  // namespace
}  // namespace switchboard::load
