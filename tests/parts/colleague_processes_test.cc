// What processes find out about each other's lines.

#include "src/processes/colleague_processes.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace switchboard::test {
namespace {

using Claim = Colleagues::Claim;

struct Two {
  explicit Two(int64_t most_lines) : one(table, 0, most_lines), other(table, 1, most_lines) {
    for (ColleagueProcesses* each : {&one, &other}) {
      each->own().serving = true;
      each->Tell(true, 0);
    }
  }

  ProcessTable table{2};
  ColleagueProcesses one, other;
};

TEST_CASE("ALineThatIsClaimedIsNotInUse") {
  Two two(1);
  REQUIRE(two.one.ClaimLine() == Claim::kGranted);
  CHECK_FALSE(two.other.LineIsFree());
  CHECK(two.other.LineMayBeFree());
  CHECK(two.other.ClaimLine() == Claim::kAwaited);
  two.one.UseLine();
  CHECK(two.other.own().poked);
  CHECK(two.other.ClaimLine() == Claim::kRefused);
  CHECK_FALSE(two.other.LineMayBeFree());
}

TEST_CASE("WhoGivesALineBackOrFreesItHearsThatItWasWanted") {
  Two two(1);
  REQUIRE(two.one.ClaimLine() == Claim::kGranted);
  CHECK_FALSE(two.one.GiveBackLine());
  REQUIRE(two.one.ClaimLine() == Claim::kGranted);
  CHECK(two.other.ClaimLine() == Claim::kAwaited);
  CHECK(two.one.GiveBackLine());
  REQUIRE(two.other.ClaimLine() == Claim::kGranted);
  two.other.UseLine();
  CHECK(two.one.ClaimLine() == Claim::kRefused);
  CHECK(two.other.FreeLine());
  CHECK(two.one.ClaimLine() == Claim::kGranted);
}

TEST_CASE("WhatAStoppedProcessHasClaimedIsInUse") {
  Two two(1);
  REQUIRE(two.one.ClaimLine() == Claim::kGranted);
  two.one.own().stopped = true;
  CHECK(two.other.ClaimLine() == Claim::kRefused);
  two.table.Clear(0);
  CHECK(two.other.ClaimLine() == Claim::kGranted);
}

TEST_CASE("NoMoreAreGrantedThanThereAre") {
  constexpr size_t kProcesses = 4;
  constexpr int kLines = 2, kRounds = 5000;
  ProcessTable table(kProcesses);
  std::atomic<int> granted = 0, most = 0;
  std::vector<std::thread> threads;
  for (size_t number = 0; number < kProcesses; ++number) {
    threads.emplace_back([&, number] {
      ColleagueProcesses own(table, number, kLines);
      for (int round = 0; round < kRounds; ++round) {
        if (own.ClaimLine() != Claim::kGranted) continue;
        const int now = ++granted;
        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
        --granted;
        if (round % 2 == 0) own.UseLine();
        (void)(round % 2 == 0 ? own.FreeLine() : own.GiveBackLine());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(most >= 1);
  CHECK(most <= kLines);
  CHECK(table.LinesTaken() == 0);
}

TEST_CASE("AShareIsALittleMoreThanTheFewestHave") {
  Two two(0);
  CHECK(two.one.MoreUntilShare() == 1);
  two.other.Tell(true, 20);
  CHECK(two.one.MoreUntilShare() == 22);
  CHECK(two.other.MoreUntilShare() == 0);
  two.other.Tell(false, 20);
  CHECK(two.one.MoreUntilShare() == Colleagues::kNoLimit);
  CHECK_FALSE(two.one.HandOver());
  two.other.Tell(true, 20);
  CHECK(two.one.HandOver());
  CHECK(two.other.own().poked);
}

}  // namespace
}  // namespace switchboard::test
