// Whether the figures of a run may be believed, and why not: a situation a test.

#include "bench/load/measure/verdict.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

#include "bench/load/base/json.h"
#include "bench/load/measure/combine.h"
#include "bench/load/show/json.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

std::string VerdictOf(Report report) {
  Judge(report);
  CHECK_FALSE(report.reasons.empty());
  return report.verdict;
}

TEST_CASE("AGoodRunIsValid") { CHECK(VerdictOf(GoodReport()) == kValid); }

TEST_CASE("ABusyGeneratorMeasuresItself") {
  Report report = GoodReport();
  report.generator.busy_share = 0.94;
  CHECK(VerdictOf(report) == kValid);
  report.generator.busy_share = 0.95;
  CHECK(VerdictOf(report) == kGeneratorBound);
}

TEST_CASE("AGeneratorThatWaitsForACpuIsTheLimit") {
  Report report = GoodReport();
  report.generator.waiting_share = 0.19;
  CHECK(VerdictOf(report) == kValid);
  report.generator.waiting_share = 0.2;
  CHECK(VerdictOf(report) == kGeneratorBound);
}

// Whichever is added first, and whether they are threads or machines.
TEST_CASE("WhatIsSaidOfTheBusiestThreadIsItsOwn") {
  struct Thread {
    double busy, waiting;
  };
  const auto reasons_of = [](std::initializer_list<Thread> threads) {
    Report sum;
    for (const Thread& thread : threads) {
      Report part;
      part.generator.busy_share = thread.busy;
      part.generator.waiting_share = part.generator.busiest_waiting_share = thread.waiting;
      Combine(part, sum);
    }
    Report report = GoodReport();
    report.generator.busy_share = sum.generator.busy_share;
    report.generator.waiting_share = sum.generator.waiting_share;
    report.generator.busiest_waiting_share = sum.generator.busiest_waiting_share;
    report = FromJson(Json::Parse(ToJson(report).ToString()));
    CHECK(VerdictOf(report) == kGeneratorBound);
    Judge(report);
    return report;
  };
  const Thread full{0.97, 0.01}, waits{0.6, 0.55}, idle{0.1, 0};
  for (const Report& report : {reasons_of({full, waits, idle}), reasons_of({waits, full, idle}),
                               reasons_of({idle, waits, full}), reasons_of({full})}) {
    CHECK(Mentions(report, "96 % running, 1 % waiting for a CPU"));
    CHECK(Mentions(report, "; give it more --threads"));
  }
  const Thread starved{0.98, 0.7};
  for (const Report& report : {reasons_of({starved, full}), reasons_of({full, starved})}) {
    CHECK(Mentions(report, "28 % running, 70 % waiting for a CPU"));
    CHECK(Mentions(report, "; let it run, on CPUs of its own"));
  }
}

TEST_CASE("AThrottledGeneratorIsTheLimit") {
  Report report = GoodReport();
  report.generator.throttled_share = 0.04;
  CHECK(VerdictOf(report) == kValid);
  report.generator.throttled_share = 0.05;
  CHECK(VerdictOf(report) == kGeneratorBound);
}

TEST_CASE("AGeneratorThatIsAwayIsTheLimit") {
  Report report = GoodReport();
  report.generator.away_share = 0.04;
  CHECK(VerdictOf(report) == kValid);
  report.generator.away_share = 0.05;
  CHECK(VerdictOf(report) == kGeneratorBound);
}

// One pause of `held_up_ns`, with `messages` of the thousand under way.
Report ReportWithAPause(int64_t held_up_ns, uint64_t messages) {
  Report report = GoodReport();
  report.held_up.Record(held_up_ns, messages);
  return report;
}

TEST_CASE("APauseCountsWhereAPercentileMayShowIt") {
  // Of a thousand messages ten lie beyond the p99, the last that they tell.
  CHECK(VerdictOf(ReportWithAPause(2'000'000, 4)) == kValid);
  CHECK(VerdictOf(ReportWithAPause(2'000'000, 5)) == kGeneratorBound);
  // Beside latencies of 1 ms a pause of 0.1 ms does not show.
  CHECK(VerdictOf(ReportWithAPause(99'000, 1000)) == kValid);
  Report report = ReportWithAPause(2'000'000, 5);
  Judge(report);
  CHECK(Mentions(report, "what p99 shows: 5 messages"));
}

TEST_CASE("AShortTurnOfAnotherThreadSpoilsNoRarePercentile") {
  Report report = GoodReport();
  report.latency.Record(1'000'000, 99'000);
  report.messages = 100'000;
  report.generator.mean_in_flight = report.generator.mean_in_flight_by_law = 100;
  report.punctual_latency = report.latency;
  report.held_up.Record(4'000'000, 64);
  CHECK(VerdictOf(report) == kValid);
  report.held_up.Record(50'000'000, 64);  // more than half of the 100 beyond the p99.9
  CHECK(VerdictOf(report) == kGeneratorBound);
}

TEST_CASE("ASecondInWhichNothingHappenedNeedsAReason") {
  Report report = GoodReport();
  report.seconds = 3;
  report.timeline.resize(3);
  report.timeline[2] = report.timeline[0];
  CHECK(VerdictOf(report) == kGeneratorBound);
  Judge(report);
  CHECK(Mentions(report, "second 1"));
  report.timeline[1].errors = 1;  // the target's doing
  CHECK(VerdictOf(report) != kGeneratorBound);
  report.timeline[1].errors = 0;
  report.latency.Record(1'200'000'000);
  CHECK(VerdictOf(report) != kGeneratorBound);
}

TEST_CASE("ALateGeneratorIsTheLimit") {
  Report report = GoodReport();
  report.options.rate = 1000;
  report.generator.intended = 1000;
  report.punctual_latency.Clear();
  report.punctual_latency.Record(1'000'000 - 190'000, 1000);
  CHECK(VerdictOf(report) == kValid);
  report.punctual_latency.Clear();
  report.punctual_latency.Record(1'000'000 - 300'000, 1000);
  CHECK(VerdictOf(report) == kGeneratorBound);
}

TEST_CASE("LatenessThatAPercentileDoesNotShowIsNoneOfItsOwn") {
  Report report = GoodReport();
  report.options.rate = 1000;
  report.generator.intended = 1000;
  report.latency.Clear();
  report.punctual_latency.Clear();
  // The slowest hundredth takes 50 ms, whether or not the others were sent late by 1 ms.
  report.latency.Record(1'015'000, 980);
  report.punctual_latency.Record(15'000, 980);
  report.latency.Record(50'000'000, 20);
  report.punctual_latency.Record(50'000'000, 20);
  report.generator.mean_in_flight = report.generator.mean_in_flight_by_law = 2;
  CHECK(VerdictOf(report) == kGeneratorBound);
  Judge(report);
  CHECK(Mentions(report, "which makes p50, p75, p90 and p95 up to 1.00 ms longer"));
}

TEST_CASE("AReportOfTheSchemaBeforeIsJudgedByItsSendLag") {
  Report report = GoodReport();
  report.options.rate = 1000;
  report.generator.intended = 1000;
  report.punctual_latency.Clear();
  report.send_lag.Record(150'000, 1000);
  CHECK(VerdictOf(report) == kValid);
  report.send_lag.Clear();
  report.send_lag.Record(10'000, 980);
  report.send_lag.Record(300'000, 20);
  CHECK(VerdictOf(report) == kGeneratorBound);
}

TEST_CASE("ATargetThatEchoesNothingIsToBlameAlone") {
  Report report = GoodReport();
  report.options.rate = 1000;
  report.generator.intended = report.generator.not_offered = 1000;
  report.messages = report.verification.verified_bytes = 0;
  report.latency.Clear();
  report.punctual_latency.Clear();
  report.send_lag.Record(700'000'000, 1000);
  report.generator.away_share = 0.5;
  CHECK(VerdictOf(report) == kTargetNotReached);
  Judge(report);
  CHECK(report.reasons.front() == "the target echoed nothing");
}

TEST_CASE("ARateThatWasNotReachedIsSaid") {
  Report report = GoodReport();
  report.options.rate = 2000;
  report.generator.intended = 2000;
  CHECK(VerdictOf(report) == kTargetNotReached);
  report.generator.intended = 1005;
  CHECK(VerdictOf(report) == kValid);
}

TEST_CASE("MissingConnectionsAreSaid") {
  Report report = GoodReport();
  report.options.connections = 2;
  CHECK(VerdictOf(report) == kTargetNotReached);
}

TEST_CASE("MissingCallsAreSaid") {
  Report report = GoodReport();
  report.options.messages_per_call = 1;
  report.generator.calls = 50;
  report.generator.intended_calls = 100;
  CHECK(VerdictOf(report) == kTargetNotReached);
}

TEST_CASE("OneCallInAHundredMayFail") {
  Report report = GoodReport();
  report.options.messages_per_call = 1;
  report.generator.calls = 1000;
  report.timeline[0].errors = report.errors[{Phase::kReceive, "ECONNRESET"}] = 10;
  CHECK(VerdictOf(report) == kValid);
  report.timeline[0].errors = report.errors[{Phase::kReceive, "ECONNRESET"}] = 11;
  CHECK(VerdictOf(report) == kTargetNotReached);
  // Of connections that are to stay, none.
  report.options.messages_per_call = 0;
  report.timeline[0].errors = 1;
  CHECK(VerdictOf(report) == kTargetNotReached);
}

TEST_CASE("CallersThatAreRefusedAreSaid") {
  Report report = GoodReport();
  report.errors[{Phase::kConnect, "ECONNREFUSED"}] = 1;
  CHECK(VerdictOf(report) == kTargetNotReached);
}

TEST_CASE("MessagesThatWereNeverSentAreSaid") {
  Report report = GoodReport();
  report.options.rate = 1000;
  report.generator.intended = 1000;
  report.generator.not_offered = 1;
  CHECK(VerdictOf(report) == kTargetNotReached);
}

TEST_CASE("MessagesThatWereNeverAnsweredAreSaid") {
  Report report = GoodReport();
  report.generator.unanswered = 1;
  CHECK(VerdictOf(report) == kTargetNotReached);
  report.interrupted = true;  // they might have been
  CHECK(VerdictOf(report) == kValid);
}

TEST_CASE("FewerAnswersThanWereAskedForAreSaid") {
  Report report = GoodReport();
  report.options.duration_s = 0;
  report.options.messages = 1001;
  CHECK(VerdictOf(report) == kTargetNotReached);
  report.options.messages = 1000;
  CHECK(VerdictOf(report) == kValid);
}

TEST_CASE("WhatTheGeneratorDidNotComeToIsItsOwnDoing") {
  Report report = GoodReport();
  report.options.rate = 1000;
  report.generator.intended = 1000;
  report.generator.too_late = 11;
  CHECK(VerdictOf(report) == kValid);
  report.generator.too_late = 12;
  CHECK(VerdictOf(report) == kGeneratorBound);
}

// A closed loop of 100 connections to a server that takes half a second.
TEST_CASE("ASlowTargetIsValid") {
  Report report = GoodReport();
  report.seconds = 5;
  report.timeline.resize(5, report.timeline[0]);
  report.options.connections = report.generator.connections_open = 100;
  for (Histogram* each : {&report.latency, &report.naive_latency, &report.punctual_latency}) {
    each->Clear();
    each->Record(500'000'000, 1000);
  }
  report.generator.busy_share = 0.01;
  report.generator.mean_in_flight = report.generator.mean_in_flight_by_law = 100;
  CHECK(VerdictOf(report) == kValid);
  report.held_up.Record(49'000'000, 1000);  // no tenth of what the target takes
  CHECK(VerdictOf(report) == kValid);
}

TEST_CASE("AHealthyOpenLoopIsValid") {
  Report report = GoodReport();
  report.options.rate = 1000;
  report.generator.intended = 1000;
  report.generator.busy_share = 0.1;
  report.send_lag.Record(3'000, 1000);
  CHECK(VerdictOf(report) == kValid);
}

TEST_CASE("AStarvedOpenLoopIsTheLimit") {
  Report report = GoodReport();
  report.options.rate = 1000;
  report.generator.intended = 1000;
  report.generator.busy_share = 0.3;
  report.generator.waiting_share = 0.25;
  CHECK(VerdictOf(report) == kGeneratorBound);
  report.generator.waiting_share = 0;
  report.generator.throttled_share = 0.3;
  CHECK(VerdictOf(report) == kGeneratorBound);
  Judge(report);
  CHECK(Mentions(report, "raise the quota of its control group"));
}

TEST_CASE("ASecondWithoutAMessageIsUsualOfASparseSchedule") {
  Report report = GoodReport();
  report.options.rate = 19;
  report.seconds = 3;
  report.timeline.resize(3);
  report.timeline[2] = report.timeline[0];
  CHECK(VerdictOf(report) == kValid);
}

TEST_CASE("AnInterruptedRunIsJudgedByWhatItHas") {
  Report report = GoodReport();
  report.interrupted = true;
  CHECK(VerdictOf(report) == kValid);
  Judge(report);
  CHECK(Mentions(report, "interrupted after 1.00 s"));
  report.seconds = 0.4;
  CHECK(VerdictOf(report) == kTooShort);
}

TEST_CASE("ARunThatEndedBeforeItWasMeasuredSaysNothing") {
  Report report;
  report.interrupted = true;
  CHECK(VerdictOf(report) == kTooShort);
}

TEST_CASE("AFewMessagesSayNothing") {
  Report report = GoodReport();
  report.messages = 99;
  CHECK(VerdictOf(report) == kTooShort);
  report = GoodReport();
  report.seconds = 0.4;
  CHECK(VerdictOf(report) == kTooShort);
}

TEST_CASE("LittlesLawMustHold") {
  Report report = GoodReport();
  report.generator.mean_in_flight = 1.2;
  CHECK(VerdictOf(report) == kTooShort);
  // A queue that grows breaks it, and is called by its own name.
  report.generator.intended = 2000;
  CHECK(VerdictOf(report) == kTargetNotReached);
}

// More time would not help it.
TEST_CASE("AGeneratorThatWasKeptFromItsWorkIsNotAskedToRunLonger") {
  for (double Generator::*share : {&Generator::throttled_share, &Generator::away_share}) {
    Report report = GoodReport();
    report.generator.*share = 0.09;
    report.generator.mean_in_flight = 1.2;
    CHECK(VerdictOf(report) == kGeneratorBound);
    report.messages = 0;
    report.verification.verified_bytes = 64;
    CHECK(VerdictOf(report) == kGeneratorBound);
    report.seconds = 0.4;
    CHECK(VerdictOf(report) == kTooShort);
  }
}

TEST_CASE("AWrongEchoOutweighsEverything") {
  Report report = GoodReport();
  report.messages = 1;
  report.verification.bad_connections = 1;
  report.verification.damage.lost = 1;
  CHECK(VerdictOf(report) == kVerificationFailed);
}

}  // namespace
}  // namespace switchboard::load
