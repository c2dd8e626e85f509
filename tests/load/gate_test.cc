// What a script learns from the exit status: conditions on figures, and verdicts.

#include "bench/load/show/gate.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "bench/load/base/exit_status.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/show/json.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

bool Holds(const std::string& condition, const Report& report = GoodReport()) {
  return !Condition(condition).WhyItHolds(ToJson(report)).empty();
}

int Status(Report report, const std::vector<std::string>& fail_if = {}, bool strict = false) {
  Judge(report);
  return ExitStatus(report, ToJson(report), Gate(fail_if, strict));
}

// Of the good report every message took 1 ms.
TEST_CASE("AConditionComparesAFigureInItsUnit") {
  CHECK(Holds("p99>0.9ms"));
  CHECK_FALSE(Holds("p99>1ms"));
  CHECK(Holds("p99>=1ms"));
  CHECK(Holds("p99<=1000us"));
  CHECK_FALSE(Holds("p99<1ms"));
  CHECK(Holds("p99>999"));  // in microseconds, as the JSON has it
  CHECK_FALSE(Holds("latency_us.p99>1ms"));
  CHECK(Holds("max>=1ms"));
  CHECK(Holds("messages_per_second<2k"));
  CHECK_FALSE(Holds("messages_per_second<1k"));
  CHECK(Holds("generator.busy_share>0.4"));
  CHECK(Holds("seconds<=1"));
  CHECK_FALSE(Holds("verification.lost_bytes>0"));
}

TEST_CASE("ErrorsAreAsManyAsTheyCount") {
  Report report = GoodReport();
  CHECK_FALSE(Holds("errors>0", report));
  report.errors[{Phase::kReceive, "CLOSED"}] = 2;
  report.errors[{Phase::kConnect, "ECONNREFUSED"}] = 3;
  CHECK(Holds("errors>4", report));
  CHECK_FALSE(Holds("errors>5", report));
}

TEST_CASE("AFigureThatIsNotKnownFails") {
  CHECK(Holds("p99.9>1h"));  // a thousand messages do not tell it
  CHECK(Holds("connect_us.p50>1h"));
}

TEST_CASE("WhatIsNoConditionIsRefused") {
  for (const std::string wrong :
       {"", "p99", "p99=1ms", "p98>1ms", ">1ms", "p99>", "p99>fast", "p99>1x", "nonsense>1",
        "latency_us>1", "verdict>1", "messages>1ms", "generator.nonsense>1", "p99>-1"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(Condition{wrong}, std::invalid_argument);
  }
}

TEST_CASE("TheExitStatusIsTheFirstThatApplies") {
  Report report = GoodReport();
  CHECK(Status(report) == 0);
  CHECK(Status(report, {"p99>2ms"}, true) == 0);
  CHECK(Status(report, {"p99>2ms", "p50>0.5ms"}) == kExitCondition);
  report.generator.busy_share = 1;
  CHECK(Status(report) == 0);
  CHECK(Status(report, {}, true) == kExitNotValid);
  CHECK(Status(report, {"p50>0.5ms"}, true) == kExitCondition);
  report = GoodReport();
  report.options.connections = 2;
  CHECK(Status(report) == kExitNotReached);
  CHECK(Status(report, {}, true) == kExitNotReached);
  CHECK(Status(report, {"p50>0.5ms"}) == kExitCondition);
  report.verification.bad_connections = 1;
  CHECK(Status(report, {"p50>0.5ms"}, true) == kExitVerification);
  report = GoodReport();
  report.messages = 0;
  CHECK(Status(report, {"p50>0.5ms"}, true) == kExitFailed);
}

}  // namespace
}  // namespace switchboard::load
