// What ends a call, when, and what becomes of the bytes that are on their way: on the simulated
// clock, where a test waits for nothing. When each caller was hung up on is asked by
// world/oracle.cc.

#include "doctest/doctest.h"
#include "src/linux/memory.h"
#include "tests/sim/world/trial.h"

using namespace switchboard;
using namespace switchboard::sim;

namespace {

using Ending = CallerPlan::Ending;

constexpr int64_t kMsNs = 1'000'000;
constexpr int kSeeds = 20;

TrialPlan PlanOf(CallerPlan caller) {
  TrialPlan plan;
  plan.options = DefaultOptions();
  plan.options.greeting = "";
  plan.callers.push_back(caller);
  return plan;
}

CallerPlan CallerWho(Ending ending, size_t says_bytes) {
  CallerPlan caller;
  caller.port = kEchoPort;
  caller.ending = ending;
  caller.says_bytes = says_bytes;
  caller.patience_ns = 100'000 * kMsNs;
  return caller;
}

// Takes 2,000 bytes each 80 ms, on average, into a buffer of 8 KiB.
CallerPlan SlowReader(size_t says_bytes) {
  CallerPlan caller = CallerWho(Ending::kStay, says_bytes);
  caller.most_at_once = 4000;
  caller.ahead_bytes = says_bytes;
  caller.hears_every_ns = 80 * kMsNs;
  caller.socket.receive_bytes = 8192;
  return caller;
}

// Under several seeds, on a fast and on a slow network: `check` is given each report.
template <typename Check>
void RunSeeds(TrialPlan plan, Check check, int seeds = kSeeds) {
  for (int seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    plan.machine.seed = static_cast<uint64_t>(seed);
    plan.machine.slow_network = seed % 2 == 0;
    const TrialReport report = Run(plan);
    REQUIRE(report.failure == "");
    check(report);
  }
}

}  // namespace

TEST_CASE("IdleCountsFromTheReply") {
  TrialPlan plan = PlanOf(CallerWho(Ending::kStay, 10));
  plan.callers[0].port = kSlowPort;
  plan.options.idle_timeout_ms = 1000;
  plan.slowest_ns = 3000 * kMsNs;
  plan.longest_wait_ns = 10 * plan.slowest_ns;
  RunSeeds(plan, [](const TrialReport& report) {
    CHECK(report.stats.closed(CloseReason::kIdle) == 1);
    CHECK(report.heard_bytes == 10);
  });
}

TEST_CASE("IdleCountsFromWhatArrivesLast") {
  TrialPlan plan = PlanOf(SlowReader(150'000));
  plan.options.idle_timeout_ms = 1000;
  RunSeeds(plan, [](const TrialReport& report) {
    CHECK(report.stats.closed(CloseReason::kIdle) == 1);
    CHECK(report.heard_bytes == 150'000);
    CHECK(report.stats.bytes_lost == 0);
  });
}

TEST_CASE("WhoReadsSlowlyMeetsNoWriteTimeout") {
  TrialPlan plan = PlanOf(SlowReader(300'000));
  plan.options.write_timeout_ms = 500;
  plan.options.socket_buffer_bytes = 5000;
  plan.callers[0].patience_ns = 1100 * kMsNs;
  RunSeeds(plan, [](const TrialReport& report) {
    // The server may be told to stop while the end of the caller is on its way.
    CHECK(report.stats.closed(CloseReason::kWriteTimeout) == 0);
    CHECK(report.heard_bytes == 300'000);
  });
}

TEST_CASE("AWriteTimeoutIsLateByATenthAtMost") {
  TrialPlan plan = PlanOf(CallerWho(Ending::kDeaf, 100'000));
  plan.options.write_timeout_ms = 4000;
  plan.callers[0].socket.receive_bytes = 3000;
  plan.late_ns = 20 * kMsNs;
  RunSeeds(plan, [](const TrialReport& report) {
    CHECK(report.stats.closed(CloseReason::kWriteTimeout) == 1);
    // What its host has taken has been sent; the rest never came there.
    CHECK(report.stats.bytes_out == 3000);
    CHECK(report.stats.bytes_lost > 0);
  });
}

TEST_CASE("WithoutAWriteTimeoutWhoDoesNotReadIsIdle") {
  TrialPlan plan = PlanOf(CallerWho(Ending::kDeaf, 100'000));
  plan.options.write_timeout_ms = 0;
  plan.options.idle_timeout_ms = 4000;
  plan.callers[0].socket.receive_bytes = 3000;
  RunSeeds(plan, [](const TrialReport& report) {
    CHECK(report.stats.closed(CloseReason::kIdle) == 1);
    CHECK(report.stats.bytes_out == 3000);
  });
}

// The kernel holds the whole reply, and the caller takes its time.
TEST_CASE("HangingUpTakesNothingFromTheCaller") {
  TrialPlan plan = PlanOf(SlowReader(60'000));
  plan.options.read_buffer_bytes = 65536;
  plan.options.drain_timeout_ms = 60'000;
  plan.stop_ns = 1'500'000'000;
  RunSeeds(plan, [](const TrialReport& report) {
    CHECK(report.stats.closed(CloseReason::kDrain) == 1);
    CHECK(report.heard_bytes == 60'000);
    CHECK(report.stats.bytes_lost == 0);
  });
}

TEST_CASE("WhatDoesNotArriveWithinTheDrainIsLost") {
  TrialPlan plan = PlanOf(CallerWho(Ending::kDeaf, 60'000));
  plan.callers[0].socket.receive_bytes = 3000;
  plan.options.drain_timeout_ms = 500;
  plan.stop_ns = 1'500'000'000;
  RunSeeds(plan, [](const TrialReport& report) {
    CHECK(report.stats.closed(CloseReason::kDrain) == 1);
    CHECK(report.stats.bytes_out == 3000);
    CHECK(report.ended_ns < 2'100'000'000);
  });
}

// The server has hung up, and waits 2 seconds for the caller to take the rest, not the whole drain.
TEST_CASE("LingersOnlyWhileSomethingArrives") {
  TrialPlan plan = PlanOf(CallerWho(Ending::kDeaf, 60'000));
  plan.callers[0].socket.receive_bytes = 3000;
  plan.options.read_buffer_bytes = 65536;
  plan.options.drain_timeout_ms = 60'000;
  plan.stop_ns = 1'500'000'000;
  RunSeeds(plan, [](const TrialReport& report) {
    CHECK(report.stats.bytes_out == 3000);
    CHECK(report.stats.bytes_lost == 57'000);
    CHECK(report.ended_ns > 3'400'000'000);
    CHECK(report.ended_ns < 4'000'000'000);
  });
}

// More callers are always ready than a round of epoll holds, and each call takes its time, so that
// a round takes seconds, and the load goes on for many.
TEST_CASE("FullRoundsPutOffNoDeadline") {
  TrialPlan plan = PlanOf(CallerWho(Ending::kStay, 0));
  plan.options.idle_timeout_ms = 8000;
  plan.machine.call_ns = 1 * kMsNs;
  plan.yield_one_in = 1;
  plan.late_ns = 8000 * kMsNs;
  plan.longest_wait_ns = 40'000 * kMsNs;
  CallerPlan busy = CallerWho(Ending::kClose, 12);
  busy.most_at_once = busy.ahead_bytes = 1;
  plan.callers.insert(plan.callers.end(), 530, busy);
  const TrialReport report = Run(plan);
  CHECK(report.failure == "");
  CHECK(report.stats.closed(CloseReason::kIdle) == 1);
  CHECK(report.heard_bytes == 530 * 12);
  CHECK(report.ended_ns > 20'000 * kMsNs);
}

// Its callers' calls last until they are hung up on.
TrialPlan PlanOfTheEnd() {
  TrialPlan plan = PlanOf(CallerWho(Ending::kStay, 10));
  plan.stop_ns = 1'500'000'000;
  plan.options.lame_duck_ms = 2000;
  plan.options.drain_callers_ms = 3000;
  return plan;
}

TEST_CASE("ALameDuckTakesNewCallersAndThenItDoesNot") {
  TrialPlan plan = PlanOfTheEnd();
  plan.callers.push_back(CallerWho(Ending::kClose, 1000));
  plan.callers[1].starts_ns = 3'300'000'000;
  plan.callers.push_back(plan.callers[1]);
  plan.callers[2].starts_ns = 4'000'000'000;
  RunSeeds(plan, [](const TrialReport& report) {
    CHECK(report.stats.accepted == 2);
    CHECK(report.stats.closed(CloseReason::kPeer) == 1);
    CHECK(report.stats.closed(CloseReason::kDrain) == 1);
    CHECK(report.heard_bytes == 10 + 1000);
    CHECK(report.ended_ns >= 6'500'000'000);
    CHECK(report.ended_ns < 6'700'000'000);
  });
}

TEST_CASE("CallersOnTheLineMayHangUpByThemselves") {
  TrialPlan plan = PlanOfTheEnd();
  plan.callers[0].patience_ns = 3'000'000'000;
  RunSeeds(plan, [](const TrialReport& report) {
    CHECK(report.stats.closed(CloseReason::kPeer) == 1);
    CHECK(report.ended_ns < 4'200'000'000);  // nobody is left to wait for
  });
}

TEST_CASE("ALameDuckWaitsForCallersEvenIfThereAreNone") {
  TrialPlan plan = PlanOfTheEnd();
  plan.callers.clear();
  plan.stop_ns = kNeverNs;
  RunSeeds(plan, [](const TrialReport& report) {
    CHECK(report.ended_ns >= 3'000'000'000);
    CHECK(report.ended_ns < 3'100'000'000);
  });
}

// They have called before the server was told, and are served when there is room.
TEST_CASE("ADrainAnswersWhoIsOnHold") {
  TrialPlan plan = PlanOf(CallerWho(Ending::kStay, 100));
  plan.options.max_connections = 1;
  plan.options.drain_timeout_ms = 60'000;
  plan.stop_ns = 1'500'000'000;
  plan.callers.insert(plan.callers.end(), 9, plan.callers[0]);
  RunSeeds(plan, [](const TrialReport& report) {
    CHECK(report.stats.accepted == 10);
    CHECK(report.stats.closed(CloseReason::kDrain) == 10);
    CHECK(report.heard_bytes == 10 * 100);
  });
}

// It waits in the kernel, for several reads, while a worker has the first.
TEST_CASE("ADrainAnswersWhatHadArrivedBefore") {
  TrialPlan plan = PlanOf(CallerWho(Ending::kStay, 60'000));
  plan.callers[0].port = kSlowPort;
  plan.callers[0].most_at_once = 60'000;
  plan.slowest_ns = plan.longest_wait_ns = 2000 * kMsNs;
  plan.options.read_buffer_bytes = 4096;
  plan.options.drain_timeout_ms = 600'000;
  plan.stop_ns = 1'001'000'000;
  RunSeeds(plan, [](const TrialReport& report) {
    CHECK(report.stats.closed(CloseReason::kDrain) == 1);
    CHECK(report.heard_bytes == 60'000);
    CHECK(report.stats.bytes_unheard == 0);
  });
}

// The next one may take the place of who does not hang up after a tenth of a second.
TEST_CASE("WhoWasToldBusyKeepsItsPlaceForAMomentOnly") {
  TrialPlan plan = PlanOf(CallerWho(Ending::kStay, 0));
  plan.options.greeting = "hello\n";
  plan.options.max_connections = 1;
  plan.options.when_full = WhenFull::kBusy;
  plan.options.backlog = 2000;
  plan.options.drain_timeout_ms = 0;
  plan.callers[0].greeting = "hello\n";
  plan.callers[0].patience_ns = 1100 * kMsNs;
  CallerPlan late = plan.callers[0];
  late.starts_ns = 1'000'000'000;
  late.holds_the_line = true;
  plan.callers.insert(plan.callers.end(), 600, late);
  const TrialReport report = Run(plan);
  CHECK(report.failure == "");
  CHECK(report.stats.rejected == 600);
  CHECK(report.ended_ns < 3'000'000'000);
}

// Who is told often calls again at once. The clock begins at a second; in the middle of a period of
// ten milliseconds the line becomes free for those who have not been told.
TEST_CASE("FewCallersAtATimeAreToldThatItIsBusy") {
  TrialPlan plan = PlanOf(CallerWho(Ending::kStay, 0));
  plan.callers[0].patience_ns = 1005 * kMsNs;
  plan.options.max_connections = 1;
  plan.options.when_full = WhenFull::kBusy;
  plan.options.backlog = 2000;
  CallerPlan late = CallerWho(Ending::kClose, 0);
  late.starts_ns = 2000 * kMsNs;
  plan.callers.insert(plan.callers.end(), 600, late);
  const TrialReport report = Run(plan);
  CHECK(report.failure == "");
  CHECK(report.stats.rejected == 32);
}

// A caller who says nothing is still on the line, and its end takes a buffer at most.
TEST_CASE("BuffersGoBackWhenTheOthersHaveLeft") {
  TrialPlan plan = PlanOf(CallerWho(Ending::kStay, 0));
  CallerPlan other = CallerWho(Ending::kClose, 30'000);
  plan.callers.insert(plan.callers.end(), 50, other);
  int64_t waits[2];
  for (const bool longer : {false, true}) {
    plan.callers[0].patience_ns = (longer ? 100 : 10) * 1000 * kMsNs;
    const TrialReport report = Run(plan);
    CHECK(report.failure == "");
    CHECK(report.mapped_bytes <= plan.options.read_buffer_bytes + int64_t{sys::kPageBytes});
    waits[longer] = report.faults.seen(SystemCall::kEpollWait);
  }
  CHECK(waits[0] == waits[1]);  // and then nothing wakes the server
}

// Everybody stays on the line, and nothing is left of what they said.
TEST_CASE("LargeBuffersGoBackIfNobodyLeaves") {
  CallerPlan caller = CallerWho(Ending::kStay, 60'000);
  caller.most_at_once = caller.ahead_bytes = 60'000;
  TrialPlan plan = PlanOf(caller);
  plan.options.read_buffer_bytes = 65536;
  plan.callers.insert(plan.callers.end(), 50, caller);
  int64_t waits[2];
  for (const bool longer : {false, true}) {
    plan.stop_ns = (longer ? 90 : 20) * 1000 * kMsNs;
    const TrialReport report = Run(plan);
    CHECK(report.failure == "");
    CHECK(report.heard_bytes == 51 * 60'000);
    CHECK(report.mapped_bytes == 0);
    waits[longer] = report.faults.seen(SystemCall::kEpollWait);
  }
  CHECK(waits[0] == waits[1]);  // and then nothing wakes the server
}
