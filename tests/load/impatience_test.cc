// Callers with patience: who has no echo in time hangs up with a reset, and another one calls.

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "bench/load/base/json.h"
#include "bench/load/measure/combine.h"
#include "bench/load/measure/service_level.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/run/alarms.h"
#include "bench/load/run/load.h"
#include "bench/load/show/json.h"
#include "bench/load/show/page/html.h"
#include "bench/load/show/text.h"
#include "tests/load/support.h"
#include "tests/support/server_process.h"

namespace switchboard::load {
namespace {

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

// Echoes the first message of each caller, and nothing else that it says.
void EchoOnce(TestCaller& caller, std::string_view data) {
  if (caller.held.empty()) caller.Send(data);
  caller.held = "answered";
}

// Nobody but the caller ended anything, and whatever was echoed was right.
void CheckNothingWasWrong(const Report& report) {
  CHECK(report.verification.Passed());
  CHECK(report.errors.empty());
  CHECK(report.generator.unanswered == 0);
  CHECK(report.verdict != kTargetNotReached);
  CHECK(report.verdict != kVerificationFailed);
}

TEST_CASE("WhoHangsUpIsReplacedAndEachMessageIsCountedOnce") {
  TestServer server(EchoOnce);
  Options options = CountedRun(server.target(), 60);
  options.patience = "20ms";
  const Report report = RunLoad(options);
  CheckNothingWasWrong(report);
  // Of each caller one message is answered at most, and the next is not.
  CHECK(report.messages + report.abandoned == 60);
  CHECK(report.abandoned >= 29);
  CHECK(report.hang_ups == report.abandoned);
  CHECK(server.callers() >= 29);
  CHECK(report.latency.count() == 60);
  CHECK(report.latency.max_ns() >= 20'000'000);
}

TEST_CASE("AllThatACallerWaitsForIsAbandonedWithIt") {
  TestServer server(EchoOnce);
  Options options = CountedRun(server.target(), 60);
  options.depth = 3;
  options.patience = "uniform:10ms-30ms";
  const Report report = RunLoad(options);
  CheckNothingWasWrong(report);
  CHECK(report.messages + report.abandoned == 60);
  CHECK(report.hang_ups < report.abandoned);
}

// However long the first echo takes: it proves that there is somebody.
TEST_CASE("NobodyLosesPatienceBeforeTheRunBegins") {
  TestServer server(Echo, "", "127.0.0.1:0", std::chrono::milliseconds(500));
  Options options = CountedRun(server.target(), 20);
  options.connections = 2;
  options.patience = "1ms";
  const Report report = RunLoad(options);
  CHECK(report.generator.connections_open == 2);
  CHECK(report.messages + report.abandoned == 20);
  CHECK(report.abandoned > 0);
  CHECK(report.errors.empty());
  CHECK(report.verification.Passed());
}

// An open loop goes on with new callers, who prove nothing: each message that the schedule asks for
// is one that the server gets.
TEST_CASE("AnOpenLoopGoesOnWithNewCallers") {
  TestServer server([](TestCaller& caller, std::string_view data) {
    if (caller.number < 8 && caller.held.empty()) caller.Send(data);
    caller.held = "answered";
  });
  Options options = ShortRun(server.target());
  options.connections = 4;
  options.rate = 100;
  options.duration_s = 1;
  options.patience = "exp:10ms";
  const Report report = RunLoad(options);
  CHECK(report.verification.Passed());
  CHECK(report.errors.empty());
  CHECK(report.generator.unanswered == 0);
  CHECK(report.messages <= 4);
  CHECK(report.abandoned > 0);
  CHECK(report.abandoned + report.generator.not_offered + report.generator.too_late <=
        report.generator.intended);
}

TEST_CASE("AFileOfPatienceThatCannotBeReadIsSaidBeforeAnybodyIsCalled") {
  TestServer server(Echo);
  Options options = CountedRun(server.target(), 10);
  options.patience = "file:/none/at/all";
  CHECK_THROWS_WITH_AS(RunLoad(options), doctest::Contains("'/none/at/all'"), std::runtime_error);
  CHECK(server.callers() == 0);
}

TEST_CASE("WhatCameBeforeAHangUpIsVerified") {
  const auto half = [](TestCaller& caller, std::string_view data) {
    const bool first = caller.held.empty();
    caller.held = "answered";
    caller.Send(first ? data : data.substr(0, data.size() / 2));
  };
  TestServer right(half);
  Options options = CountedRun(right.target(), 20);
  options.patience = "20ms";
  const Report report = RunLoad(options);
  CheckNothingWasWrong(report);
  CHECK(report.verification.verified_bytes > report.bytes);

  TestServer wrong([&](TestCaller& caller, std::string_view data) {
    if (caller.held.empty()) return half(caller, data);
    caller.Send("wrong");
  });
  options.target = wrong.target();
  CHECK(RunLoad(options).verdict == kVerificationFailed);
}

// Twice as many calls as its only worker can serve: the server counts the same, and works for
// nobody who has gone.
TEST_CASE("TheServerSeesEachHangUpAsAReset") {
  test::ServerProcess server({"--greeting", "", "--workers", "1", "--service-time", "20ms"});
  Options options = ShortRun(server.Address());
  options.calls_per_second = 100;
  options.messages_per_call = 1;
  options.arrivals = Arrivals::kPoisson;
  options.connections = 100;
  options.duration_s = 2;
  options.patience = "exp:40ms";
  options.service_level_ns = 30'000'000;
  const Report report = RunLoad(options);
  CHECK(report.verification.Passed());
  CHECK(report.errors.empty());
  CHECK(report.hang_ups > 0);
  CHECK(report.in_time <= report.messages);
  const test::Fields books = server.Drain();
  CHECK(books["closed_reset"] >= static_cast<int64_t>(report.hang_ups));
  CHECK(books["closed_reset"] + books["closed_peer"] == books["accepted"]);
  CHECK(books["skipped"] <= books["closed_reset"]);
}

// ---- What is made of it.

// A thousand messages, of which `abandoned` were.
Report WithPatience(uint64_t abandoned) {
  Report report = GoodReport();
  report.options.patience = "exp:10ms";
  report.options.service_level_ns = 20'000'000;
  report.messages -= abandoned;
  report.abandoned = abandoned;
  report.hang_ups = abandoned;
  report.in_time = report.messages / 2;
  report.timeline[0].messages = report.messages;
  report.timeline[0].abandoned = abandoned;
  report.timeline[0].in_time = report.in_time;
  return report;
}

TEST_CASE("PatientCallersWhoLeaveSpoilNoVerdict") {
  Report report = WithPatience(900);
  Judge(report);
  CHECK(report.verdict == kValid);
  report.options.rate = 1000;
  report.generator.intended = 1000;
  report.generator.connections_open = 0;  // as all of them are being replaced
  Judge(report);
  CHECK(report.verdict == kValid);
  report.generator.unanswered = 1;  // by somebody who had the patience
  Judge(report);
  CHECK(report.verdict == kTargetNotReached);
}

TEST_CASE("OfCallsThoseCountThatWereEndedByTheirCallers") {
  Report report = WithPatience(500);
  report.options.messages_per_call = 1;
  report.options.calls_per_second = 1000;
  report.generator.intended_calls = 1000;
  report.generator.calls = 500;
  Judge(report);
  CHECK(report.verdict == kValid);
  report.hang_ups = 300;
  Judge(report);
  CHECK(report.verdict == kTargetNotReached);
}

TEST_CASE("AbandonmentAndServiceLevelAreOfAllWhoseWaitHasEnded") {
  const Report report = WithPatience(200);
  CHECK(Abandonment(report.options, report) == 0.2);
  CHECK(ServiceLevel(report.options, report) == 0.4);
  CHECK(Abandonment(report.options, report.timeline[0]) == 0.2);
  CHECK_FALSE(Abandonment(Options(), report));
  CHECK_FALSE(ServiceLevel(Options(), report));
  CHECK_FALSE(Abandonment(report.options, Report()));
  Report longer = report;
  longer.timeline.emplace_back();  // nobody's wait ended in it
  longer.timeline.emplace_back();
  longer.timeline.back().messages = 4;
  longer.timeline.back().in_time = 4;
  CHECK(OverSeconds(longer, ServiceLevel<Second>) == std::pair(0.4, 1.0));
  CHECK(OverSeconds(longer, Abandonment<Second>) == std::pair(0.0, 0.2));
}

TEST_CASE("TheyStandInEveryViewOfAReport") {
  Report report = WithPatience(200);
  Judge(report);
  const std::string text = ToText(report);
  CHECK(Has(text, "hung up    200 of 1,000 messages, 20 %, with 200 callers\n"));
  CHECK(Has(text, "in 20.0 ms 400 of 1,000 messages, 40 %\n"));
  CHECK(Has(text, "patience exp:10ms"));
  const std::string page = ToHtml(report);
  CHECK(Has(page, "<dt>Hung up</dt><dd class=\"figure\">20 %</dd>"));
  CHECK(Has(page, "<dt>Service level</dt><dd class=\"figure\">40 %</dd>"));
  const Json json = Json::Parse(ToJson(report).ToString());
  CHECK(json["abandonment"].AsNumber() == 0.2);
  CHECK(json["service_level"].AsNumber() == 0.4);
  CHECK(json["timeline"].AsArray()[0]["abandonment"].AsNumber() == 0.2);
  CHECK(json["timeline"].AsArray()[0]["service_level"].AsNumber() == 0.4);
  const Report again = FromJson(json);
  CHECK(again.abandoned == 200);
  CHECK(again.hang_ups == 200);
  CHECK(again.in_time == 400);
  CHECK(again.options.patience == "exp:10ms");
  CHECK(ToJson(again).ToString() == ToJson(report).ToString());
  Report sum = report;
  Combine(again, sum);
  CHECK(sum.abandoned == 400);
  CHECK(sum.hang_ups == 400);
  CHECK(sum.in_time == 800);
}

TEST_CASE("WithoutPatienceNothingIsSaidOfIt") {
  Report report = GoodReport();
  Judge(report);
  CHECK_FALSE(Has(ToText(report), "hung up"));
  CHECK_FALSE(Has(ToHtml(report), "Hung up"));
  CHECK(ToJson(report)["abandonment"].IsNull());
  CHECK(ToJson(report)["service_level"].IsNull());
}

TEST_CASE("AWrongEchoLeavesNoServiceLevel") {
  Report report = WithPatience(200);
  report.verification.damage.corrupted = 1;
  Judge(report);
  CHECK(ToJson(report)["service_level"].IsNull());
  CHECK_FALSE(Has(ToText(report), "hung up"));
}

TEST_CASE("APatienceOfAFileIsNoMarkup") {
  Report report = WithPatience(200);
  report.options.patience = "file:<b>";
  Judge(report);
  CHECK_FALSE(Has(ToHtml(report), "file:<b>"));
}

// ---- The alarms.

TEST_CASE("TheNextAlarmIsTheEarliestWhateverWasSetAndCleared") {
  constexpr size_t kClients = 50;
  Alarms alarms(kClients);
  std::map<size_t, int64_t> expected;
  std::minstd_rand random(1);
  for (int i = 0; i < 20'000; ++i) {
    const size_t client = random() % kClients;
    if (random() % 3 == 0) {
      alarms.Clear(client);
      expected.erase(client);
    } else {
      const auto due_ns = static_cast<int64_t>(random() % 1000);
      alarms.Set(client, due_ns);
      expected[client] = due_ns;
    }
    int64_t next_ns = Alarms::kNever;
    for (const auto& [who, due_ns] : expected) next_ns = std::min(next_ns, due_ns);
    REQUIRE(alarms.next_ns() == next_ns);
    if (!expected.empty()) REQUIRE(expected.at(alarms.next_client()) == next_ns);
  }
}

}  // namespace
}  // namespace switchboard::load
