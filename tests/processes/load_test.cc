// Something befalls one of four processes while callers talk to all of them: those of the other
// three are not harmed, whoever calls meanwhile is answered, and the books are exact.

#include "tests/processes/load.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/processes/family.h"
#include "tests/support/proc.h"
#include "tests/support/strace.h"

namespace switchboard::test {
namespace {

constexpr size_t kTalkers = 12;
constexpr int64_t kGoOn = 100;  // echoes that show that a talker is not harmed

struct FamilyUnderLoad {
  FamilyUnderLoad() {
    REQUIRE(WaitFor([&] { return load.TalkingSince(beginning, 1) == kTalkers; }));
    ChooseVictim();
  }

  // One that has callers.
  void ChooseVictim() {
    for (const pid_t child : family.Children()) {
      victim = child;
      lines = family.StatsOf(child)["active"];
      if (lines > 0) return;
    }
  }

  // Something has befallen the victim.
  void NoteFault() { at_fault = load.Echoes(); }

  // One after the other, so that each of them has somebody to wait for if it is not answered.
  void CheckNewcomers(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string word = RandomBytes(2000, static_cast<uint64_t>(newcomers++));
      Client newcomer(family.server.Address());
      REQUIRE(Difference(word, newcomer.Echo(word)) == "");
    }
  }

  size_t Others() const { return kTalkers - static_cast<size_t>(lines); }
  void CheckThatTheOthersGoOn() {
    CHECK(WaitFor([&] { return load.TalkingSince(at_fault, kGoOn) >= Others(); }));
  }

  // Of the callers `cut` have ended with their process.
  void CheckBooks(int64_t cut) {
    load.Stop();
    CHECK(load.HeardWrong() == 0);
    CHECK(static_cast<int64_t>(load.Cut()) == cut);
    for (const Load::Talker& talker : load.talkers()) {
      if (!talker.cut) CHECK(talker.said_bytes == talker.heard_bytes);
    }
    const Fields books = family.server.Drain();
    CHECK(books["accepted"] == static_cast<int64_t>(kTalkers) + newcomers);
    CHECK(books["closed_process"] == cut);
    CHECK(books["closed_process"] + books["closed_peer"] + books["closed_drain"] ==
          books["closed"]);
    const int64_t newcomers_bytes = newcomers * 2000;
    CHECK(books["bytes_in"] >= load.HeardBytes() + newcomers_bytes);
    CHECK(books["bytes_in"] <= load.SaidBytes() + newcomers_bytes);
    // What a process had sent when it died, and had not counted, is in `lost`.
    if (cut == 0) CHECK(books["lost"] == 0);
  }

  Family family{4};
  Load load{family.server.Address(), kTalkers};
  const std::vector<int64_t> beginning = std::vector<int64_t>(kTalkers);
  std::vector<int64_t> at_fault;
  int64_t newcomers = 0;
  pid_t victim = 0;
  int64_t lines = 0;
};

TEST_CASE("OneThatIsKilledUnderLoadHarmsNobodyElse") {
  FamilyUnderLoad at;
  REQUIRE(::kill(at.victim, SIGKILL) == 0);
  REQUIRE(WaitFor([&] { return HasEnded(at.victim); }));
  at.NoteFault();
  at.CheckNewcomers(20);
  at.CheckThatTheOthersGoOn();
  CHECK(WaitFor([&] { return at.family.IsWhole({at.victim}); }));
  at.CheckNewcomers(20);
  at.CheckBooks(at.lines);
}

TEST_CASE("OneThatIsStoppedUnderLoadHarmsNobodyElseAndIsReplaced") {
  FamilyUnderLoad at;
  REQUIRE(::kill(at.victim, SIGSTOP) == 0);
  REQUIRE(WaitFor([&] { return !at.family.server.Logged("process_stopped").empty(); }));
  at.NoteFault();
  at.CheckNewcomers(20);
  at.CheckThatTheOthersGoOn();
  CHECK(WaitFor([&] { return at.family.IsWhole({at.victim}); }));
  CHECK(at.family.server.Logged("process_stuck").size() == 1);
  at.CheckNewcomers(20);
  at.CheckBooks(at.lines);
}

// It goes on with those whom it has, and takes callers again when it can.
TEST_CASE("OneWithoutDescriptorsUnderLoadHarmsNobody") {
  FamilyUnderLoad at;
  at.NoteFault();
  CHECK(WaitFor([&] {
    // Again and again, as it may have had one more for a moment.
    LimitDescriptors(at.victim, NextDescriptor(at.victim), 4096);
    at.CheckNewcomers(5);
    return at.family.StatsOf(at.victim)["paused_descriptors"] > 0;
  }));
  at.CheckNewcomers(20);
  CHECK(WaitFor([&] { return at.load.TalkingSince(at.at_fault, kGoOn) == kTalkers; }));
  LimitDescriptors(at.victim, 4096, 4096);
  const int64_t accepted = at.family.StatsOf(at.victim)["accepted"];
  CHECK(WaitFor([&] {
    at.CheckNewcomers(5);
    return at.family.StatsOf(at.victim)["accepted"] > accepted;
  }));
  at.CheckBooks(0);
}

// Each of its answers takes a quarter of a second, so that its callers come to few.
TEST_CASE("OneWhoseServiceIsSlowUnderLoadHarmsNobodyElse") {
  FamilyUnderLoad at;
  {
    Strace strace(at.victim, {"--trace=sendto", "--inject=sendto:delay_enter=250000"});
    if (!strace.Attached()) {
      MESSAGE("left out: this machine does not permit strace");
      return;
    }
    at.NoteFault();
    at.CheckNewcomers(10);
    at.CheckThatTheOthersGoOn();
    CHECK(at.load.TalkingSince(at.at_fault, kGoOn) == at.Others());
  }
  CHECK(WaitFor([&] { return at.load.TalkingSince(at.at_fault, kGoOn) == kTalkers; }));
  CHECK(at.family.IsWhole());
  at.CheckBooks(0);
}

}  // namespace
}  // namespace switchboard::test
