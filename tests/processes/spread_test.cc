// Callers spread over the processes, and what --max-connections and descriptors allow all of them
// together.

#include <doctest/doctest.h>
#include <signal.h>

#include <string>
#include <vector>

#include "tests/processes/family.h"
#include "tests/support/proc.h"
#include "tests/support/strace.h"

namespace switchboard::test {
namespace {

// How long a caller listens before it believes that nobody answers.
constexpr milliseconds kSilence(300);

// A machine that lets a process wait for a CPU may have another one take its callers; but not each
// time.
TEST_CASE("SpreadsABurst") {
  Family family(4);
  CHECK(WaitFor([&] {
    Callers callers = Call(family.server.Address(), 400);
    REQUIRE(Unanswered(callers) == 0);
    return family.IsSpread();
  }));
}

TEST_CASE("SpreadsCallersWhoComeOneByOne") {
  Family family(4);
  CHECK(WaitFor([&] {
    Callers callers;
    for (int i = 0; i < 100; ++i) {
      callers.push_back(std::make_unique<Client>(family.server.Address()));
      REQUIRE(callers.back()->Echo("hello") == "hello");
    }
    return family.IsSpread();
  }));
}

TEST_CASE("OnlyTheNumberOfCallersMatters") {
  Family family(3, {"--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"});
  CHECK(WaitFor([&] {
    Callers callers;
    for (size_t i = 0; i < 60; ++i) {
      callers.push_back(std::make_unique<Client>(family.server.Address(i % 2)));
      REQUIRE(callers.back()->Echo("hello") == "hello");
    }
    return family.IsSpread();
  }));
}

TEST_CASE("ManyProcessesServe") {
  Family family(32);
  CHECK(family.IsWhole());
  Callers callers = Call(family.server.Address(), 640);
  CHECK(Unanswered(callers) == 0);
  family.server.Signal(SIGTERM);
  CHECK(family.server.WaitForExit() == 0);
}

TEST_CASE("HoldsCallersAtTheLimitOfAll") {
  Family family(4, {"--max-connections", "6"});
  Callers on_the_line = Call(family.server.Address(), 6);
  REQUIRE(Unanswered(on_the_line) == 0);
  Client held(family.server.Address());
  REQUIRE(held.Send("hello") == 5);
  CHECK(held.Receive(1, kSilence) == "");
  CHECK(held.end() == End::kOpen);
  on_the_line.back()->Close();
  CHECK(held.Receive(5) == "hello");
}

TEST_CASE("EveryLineThatBecomesFreeIsTakenByWhoWaits") {
  Family family(3, {"--max-connections", "10"});
  Callers callers = Call(family.server.Address(), 100);
  for (auto& caller : callers) {
    REQUIRE(caller->Receive(5) == "hello");
    caller->Close();
  }
}

TEST_CASE("SaysBusyAtTheLimitOfAll") {
  Family family(4, {"--max-connections", "6", "--when-full", "busy"});
  Callers on_the_line = Call(family.server.Address(), 6);
  REQUIRE(Unanswered(on_the_line) == 0);
  for (int i = 0; i < 20; ++i) {
    Client turned_away(family.server.Address());
    CHECK(turned_away.ReceiveUntilEof() == "");
    CHECK(turned_away.end() == End::kEof);
  }
  CHECK(on_the_line.front()->Echo("undisturbed") == "undisturbed");
  on_the_line.pop_back();
  CHECK(WaitFor([&] {
    Client caller(family.server.Address());
    return caller.Echo("hello") == "hello";
  }));
}

// One of them takes long to see that nobody calls: when one is stopped, all others look.
TEST_CASE("WhoLooksInVainTakesNobodysLine") {
  for (const std::string when_full : {"busy", "hold", "busy"}) {
    CAPTURE(when_full);
    const SlowManager slow;
    Family family(3, {"--max-connections", "1", "--when-full", when_full}, slow.spawn());
    const std::vector<pid_t> children = family.Children();
    Strace strace(children.at(0), {"--inject=accept4:delay_enter=200000"});
    if (!strace.Attached()) {
      MESSAGE("left out: this machine does not permit strace");
      return;
    }
    REQUIRE(::kill(children.at(2), SIGSTOP) == 0);
    REQUIRE(WaitFor([&] { return !family.server.Logged("process_stopped").empty(); }));
    Client caller(family.server.Address());
    CHECK(caller.Echo("hello") == "hello");
    CHECK(family.server.Stats()["rejected"] == 0);
    CHECK(family.server.Stats()["held"] == 0);
  }
}

// Whoever is told of a caller may be the one with the most, and has nobody to hand over to.
TEST_CASE("WhoHasTheMostCallersTurnsAwayToo") {
  const SlowManager slow;
  Family family(3, {"--max-connections", "7", "--when-full", "busy"}, slow.spawn());
  Callers on_the_line = Call(family.server.Address(), 7);
  REQUIRE(Unanswered(on_the_line) == 0);
  const std::vector<pid_t> children = family.Children();
  for (const pid_t awake : children) {
    for (const pid_t child : children)
      REQUIRE(::kill(child, child == awake ? SIGCONT : SIGSTOP) == 0);
    Client turned_away(family.server.Address());
    CHECK(turned_away.ReceiveUntilEof() == "");
    CHECK(turned_away.end() == End::kEof);
  }
}

TEST_CASE("TheLinesOfAProcessThatDiesAreFree") {
  Family family(2, {"--max-connections", "4"});
  Callers on_the_line = Call(family.server.Address(), 4);
  REQUIRE(Unanswered(on_the_line) == 0);
  Callers held = Call(family.server.Address(), 1);
  const std::vector<pid_t> children = family.Children();
  REQUIRE(children.size() == 2);
  const size_t busy = family.StatsOf(children[0])["active"] > 0 ? 0 : 1;
  REQUIRE(::kill(children[busy], SIGKILL) == 0);
  CHECK(Unanswered(held) == 0);
}

// One process has 57 lines. Whoever is at its end with these turns nobody away for whom another has
// one.
TEST_CASE("HoldsAsManyAsAllTheirDescriptorsAllow") {
  for (const std::string when_full : {"hold", "busy"}) {
    CAPTURE(when_full);
    Spawn spawn;
    spawn.wrapper = {"prlimit", "--nofile=80"};
    Family family(4, {"--when-full", when_full}, spawn);
    Callers callers = Call(family.server.Address(), 200);
    CHECK(Unanswered(callers) == 0);
  }
}

// The first of them says it, and not who takes its place.
TEST_CASE("WarnsOnceIfAllTogetherHaveFewerLinesThanAreAllowed") {
  Spawn spawn;
  spawn.wrapper = {"prlimit", "--nofile=80"};
  Family family(4, {"--max-connections", "229"}, spawn);
  REQUIRE(WaitFor([&] { return family.IsWhole(); }));
  const pid_t first = family.Children().at(0);
  REQUIRE(::kill(first, SIGKILL) == 0);
  REQUIRE(WaitFor([&] { return family.IsWhole({first}); }));
  const std::vector<Fields> warnings = family.server.Logged("max_connections_high");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0]["wanted"] == 229);
  CHECK(warnings[0]["processes"] == 4);
  CHECK(warnings[0]["fits"] == 228);
  CHECK(warnings[0].Text("hint") == "raise ulimit -n or --processes");
}

TEST_CASE("WarnsOfNoLimitThatAllTogetherReach") {
  Spawn spawn;
  spawn.wrapper = {"prlimit", "--nofile=80"};
  Family family(4, {"--max-connections", "228"}, spawn);
  REQUIRE(WaitFor([&] { return family.IsWhole(); }));
  CHECK(family.server.Logged("max_connections_high").empty());
}

// One of many, each of which has a descriptor of every other, takes callers alone.
TEST_CASE("TheDefaultLimitLeavesDescriptorsForAllProcesses") {
  const SlowManager slow;
  Spawn spawn = slow.spawn();
  spawn.wrapper.insert(spawn.wrapper.begin(), {"prlimit", "--nofile=64"});
  Family family(16, {}, spawn);
  const std::vector<pid_t> children = family.Children();
  for (size_t i = 1; i < children.size(); ++i) REQUIRE(::kill(children[i], SIGSTOP) == 0);
  Callers callers = Call(family.server.Address(), 64);
  REQUIRE(WaitFor([&] { return !family.server.Logged("accept_paused").empty(); }));
  for (const Fields& each : family.server.Logged("accept_paused")) {
    CHECK(each.Text("reason") == "max_connections");
  }
}

// They call until it has found that it has none. The limit is set each time, as it may have had one
// more for a moment.
TEST_CASE("OneWithoutDescriptorsKeepsNobodyWaiting") {
  Family family(3);
  for (const pid_t child : family.Children()) {
    CHECK(WaitFor([&] {
      LimitDescriptors(child, NextDescriptor(child), 4096);
      for (int i = 0; i < 20; ++i) {
        Client caller(family.server.Address());
        REQUIRE(caller.Echo("hello") == "hello");
      }
      return family.StatsOf(child)["paused_descriptors"] > 0;
    }));
    LimitDescriptors(child, 4096, 4096);
  }
}

}  // namespace
}  // namespace switchboard::test
