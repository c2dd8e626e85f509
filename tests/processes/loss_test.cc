// One of several processes dies, is stopped or is stuck: its callers share its fate, all others are
// served.

#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/processes/family.h"
#include "tests/support/build.h"
#include "tests/support/proc.h"
#include "tests/support/strace.h"

namespace switchboard::test {
namespace {

TEST_CASE("OneThatIsKilledIsReplacedAndNobodyElseIsHurt") {
  Family family(4);
  Callers callers = Call(family.server.Address(), 80);
  REQUIRE(Unanswered(callers) == 0);
  const std::vector<pid_t> before = family.Children();
  REQUIRE(before.size() == 4);
  const int64_t cut = family.StatsOf(before[1])["active"];
  REQUIRE(::kill(before[1], SIGKILL) == 0);
  Callers newcomers = Call(family.server.Address(), 40);
  CHECK(Unanswered(newcomers) == 0);
  CHECK(std::ranges::count_if(callers, [](auto& caller) {
          return caller->Echo("still there?") != "still there?";
        }) == cut);
  CHECK(WaitFor([&] { return family.IsWhole({before[1]}); }));
  callers.clear();
  newcomers.clear();
  CHECK(WaitFor([&] {
    Callers more = Call(family.server.Address(), 40);
    return Unanswered(more) == 0 && family.IsSpread();
  }));
}

TEST_CASE("AllThatAreKilledAreReplaced") {
  Family family(3);
  const std::vector<pid_t> before = family.Children();
  for (const pid_t child : before) REQUIRE(::kill(child, SIGKILL) == 0);
  Callers callers = Call(family.server.Address(), 30);
  CHECK(Unanswered(callers) == 0);
  CHECK(WaitFor([&] { return family.IsWhole(before); }));
}

TEST_CASE("OneThatIsStoppedKeepsNobodyElseWaiting") {
  const SlowManager slow;
  Family family(4, {}, slow.spawn());
  Callers callers = Call(family.server.Address(), 80);
  REQUIRE(Unanswered(callers) == 0);
  const pid_t stopped = family.Children().at(2);
  const int64_t silent = family.StatsOf(stopped)["active"];
  REQUIRE(::kill(stopped, SIGSTOP) == 0);
  REQUIRE(WaitFor([&] { return !family.server.Logged("process_stopped").empty(); }));
  for (int i = 0; i < 40; ++i) {
    Client newcomer(family.server.Address());
    REQUIRE(newcomer.Echo("hello") == "hello");
  }
  for (auto& caller : callers) REQUIRE(caller->Send("more") == 4);
  const auto answered = [&] {
    return std::ranges::count_if(
        callers, [](auto& caller) { return caller->Receive(4, milliseconds(0)) == "more"; });
  };
  std::ptrdiff_t heard = 0;
  const auto others = static_cast<std::ptrdiff_t>(callers.size()) - silent;
  CHECK(WaitFor([&] { return (heard += answered()) == others; }));
  REQUIRE(::kill(stopped, SIGCONT) == 0);
  CHECK(WaitFor([&] { return (heard += answered()) == others + silent; }));
  CHECK(WaitFor([&] { return !family.server.Logged("process_continued").empty(); }));
  CHECK(family.IsWhole());
}

// With all of them stopped the caller is on hold; each of them in turn is the first to go on, while
// the others, of which one may have been told of the caller, do not.
TEST_CASE("WhoeverIsAwakeTakesWhoWaits") {
  const SlowManager slow;
  Family family(3, {}, slow.spawn());
  const std::vector<pid_t> children = family.Children();
  size_t stopped = 0;
  for (const pid_t awake : children) {
    for (const pid_t child : children) REQUIRE(::kill(child, SIGSTOP) == 0);
    stopped += children.size();
    REQUIRE(WaitFor([&] { return family.server.Logged("process_stopped").size() == stopped; }));
    Client caller(family.server.Address());
    REQUIRE(caller.Send("hello") == 5);
    REQUIRE(::kill(awake, SIGCONT) == 0);
    CHECK(caller.Receive(5) == "hello");
    for (const pid_t child : children) REQUIRE(::kill(child, SIGCONT) == 0);
  }
}

// A process is sent `signal` when it comes to accept a caller, and before it has. The caller must
// be answered by another, though no other calls. Each process in turn, as it is the kernel's choice
// whom it tells of a caller; `event` is how the log says that it was this one.
void LoseTheEdge(const std::string& signal, const std::string& event) {
  const SlowManager slow;
  Family family(3, {}, slow.spawn());
  const auto lost = [&] { return family.server.Logged(event).size(); };
  const Deadline deadline;
  while (lost() == 0 && !deadline.Passed()) {
    for (const pid_t child : family.Children()) {
      Strace strace(child, {"--inject=accept4:error=EINTR:signal=" + signal + ":when=1"});
      if (!strace.Attached()) {
        MESSAGE("left out: this machine does not permit strace");
        return;
      }
      Client caller(family.server.Address());
      REQUIRE(caller.Send("hello") == 5);
      std::string heard = caller.Receive(5, milliseconds(500));
      // A process is not known to be dead before who traces it has heard of that, which may hang.
      strace.Abandon();
      heard += caller.Receive(5 - heard.size());
      CHECK(heard == "hello");
      (void)::kill(child, SIGCONT);
    }
    CHECK(WaitFor([&] { return family.IsWhole(); }));
  }
  CHECK(lost() > 0);
}

TEST_CASE("AnEdgeIsNotLostWithAProcessThatIsKilled") { LoseTheEdge("SIGKILL", "process_ended"); }

TEST_CASE("AnEdgeIsNotLostWithAProcessThatIsStopped") { LoseTheEdge("SIGSTOP", "process_stopped"); }

TEST_CASE("OneThatStaysStoppedIsReplaced") {
  Family family(2);
  const pid_t stopped = family.Children().at(0);
  REQUIRE(::kill(stopped, SIGSTOP) == 0);
  CHECK(WaitFor([&] { return family.IsWhole({stopped}); }));
  CHECK(family.server.Logged("process_stuck").size() == 1);
  Callers callers = Call(family.server.Address(), 20);
  CHECK(Unanswered(callers) == 0);
}

TEST_CASE("OneWhoseReactorHangsIsReplaced") {
  Family family(2);
  const pid_t held = family.Children().at(0);
  {
    Strace strace(held, {"--inject=epoll_wait,epoll_pwait:delay_exit=600000000"});
    if (!strace.Attached()) {
      MESSAGE("left out: this machine does not permit strace");
      return;
    }
    REQUIRE(WaitFor([&] { return !family.server.Logged("process_stuck").empty(); }));
    CHECK(family.server.Logged("process_stuck").front()["silent_ms"] >= 2000);
  }  // the parent is told of its end when strace has let go of it
  CHECK(WaitFor([&] { return family.IsWhole({held}); }));
}

// It has the fewest callers and is always the one to hand over to. Whoever comes meanwhile must not
// put off the moment at which somebody else is taken to serve instead.
TEST_CASE("OneWhoseReactorHangsKeepsNobodyWaitingHoweverManyCall") {
  constexpr size_t kFirst = 40, kMost = 2000;
  const SlowManager slow;
  Family family(4, {}, slow.spawn());
  Strace strace(family.Children().at(0), {"--inject=epoll_wait,epoll_pwait:delay_exit=600000000"});
  if (!strace.Attached()) {
    MESSAGE("left out: this machine does not permit strace");
    return;
  }
  Callers callers;
  std::atomic<bool> heard = false;
  std::thread listener;
  while (!heard && callers.size() < kMost) {
    callers.push_back(std::make_unique<Client>(family.server.Address()));
    CHECK(callers.back()->Send("hello") == 5);
    if (callers.size() == kFirst) {
      Client& caller = *callers.back();
      listener = std::thread([&] { heard = caller.Receive(5) == "hello"; });
    }
    std::this_thread::sleep_for(milliseconds(2));  // many calls, not a flood
  }
  listener.join();
  CHECK(callers.size() < kMost);
  CHECK(heard);
}

// It has given no sign of life yet.
TEST_CASE("OneThatDoesNotGetToServeIsReplaced") {
  Family family(2);
  std::vector<pid_t> gone;
  const auto serves = [&](pid_t child) {
    return std::ranges::any_of(family.server.Logged("process_serving"),
                               [&](const Fields& line) { return line["pid"] == child; });
  };
  const Deadline deadline;
  do {
    const pid_t last = family.Children().back();
    REQUIRE(::kill(last, SIGKILL) == 0);
    std::vector<pid_t> children;
    while ((children = family.Children()).size() < 2 || children.back() == last) {
      REQUIRE_FALSE(deadline.Passed());
    }
    gone.push_back(children.back());
    REQUIRE(::kill(gone.back(), SIGSTOP) == 0);
    REQUIRE(WaitFor([&] { return family.server.Logged("process_stopped").size() == gone.size(); }));
  } while (serves(gone.back()));
  CHECK(WaitFor([&] { return family.IsWhole(gone); }));
  CHECK(family.server.Logged("process_stuck").size() == 1);
}

// The thread that hears signals comes back from no wait.
TEST_CASE("OneThatHearsNoSignalEndsAtTheLastRequest") {
  Family family(2);
  const pid_t deaf = family.Children().at(0);
  {
    Strace strace(deaf, {"--inject=rt_sigtimedwait:delay_exit=600000000"});
    if (!strace.Attached()) {
      MESSAGE("left out: this machine does not permit strace");
      return;
    }
    family.server.Signal(SIGTERM);
    REQUIRE(WaitFor([&] { return family.Children() == std::vector<pid_t>{deaf}; }));
    std::this_thread::sleep_for(milliseconds(150));  // or it belongs to the same request
    family.server.Signal(SIGTERM);
    CHECK(WaitFor([&] { return HasEnded(deaf); }));
    strace.Abandon();
  }
  CHECK(family.server.WaitForExit() == 1);
}

// They give no sign of life while the parent is away, and that is no fault of theirs.
TEST_CASE("AParentThatWasStoppedItselfBlamesNobody") {
  Family family(2);
  const std::vector<pid_t> before = family.Children();
  for (const pid_t child : before) REQUIRE(::kill(child, SIGSTOP) == 0);
  family.server.Signal(SIGSTOP);
  std::this_thread::sleep_for(milliseconds(3500));
  family.server.Signal(SIGCONT);
  for (const pid_t child : before) REQUIRE(::kill(child, SIGCONT) == 0);
  Callers callers = Call(family.server.Address(), 20);
  CHECK(Unanswered(callers) == 0);
  CHECK(family.Children() == before);
  CHECK(family.server.Logged("process_stuck").empty());
}

TEST_CASE("APauseGrowsWhileOneKeepsDying") {
  Family family(2);
  std::vector<pid_t> killed;
  const std::string first = "1";
  for (int64_t pause_ms = 100; pause_ms <= 400; pause_ms *= 2) {
    const pid_t last = killed.empty() ? family.Children().at(0) : family.Children().back();
    REQUIRE(::kill(last, SIGKILL) == 0);
    killed.push_back(last);
    REQUIRE(WaitFor([&] { return family.server.Logged("process_ended").size() == killed.size(); }));
    const Fields ended = family.server.Logged("process_ended").back();
    CHECK(ended.Text("process") == first);
    CHECK(ended["signal"] == SIGKILL);
    CHECK(ended["restart_in_ms"] == pause_ms);
    REQUIRE(WaitFor([&] { return family.IsWhole(killed); }));
  }
}

// Each is started with no descriptor left. However long that goes on, the time in which it has
// ended N times is as long as all pauses before that, which double; whoever calls is on hold.
TEST_CASE("ProcessesThatDieAsTheyStartAreNoForkBomb") {
  if (kAddressSanitizer) {
    MESSAGE("left out: the sanitizers need descriptors themselves");
    return;
  }
  constexpr size_t kEnds = 5;
  Family family(3);
  const auto ends_of = [&](int64_t number) {
    std::vector<Fields> ends = family.server.Logged("process_ended");
    std::erase_if(ends, [&](const Fields& line) { return line["process"] != number; });
    return ends;
  };
  LimitDescriptors(family.server.pid(), 3, 4096);
  const auto begin = Clock::now();
  for (const pid_t child : family.Children()) REQUIRE(::kill(child, SIGKILL) == 0);
  Callers callers = Call(family.server.Address(), 20);
  for (int64_t number = 1; number <= 3; ++number) {
    REQUIRE(WaitFor([&] { return ends_of(number).size() >= kEnds; }));
    const std::vector<Fields> ends = ends_of(number);
    const auto elapsed_ms = std::chrono::ceil<milliseconds>(Clock::now() - begin).count();
    int64_t paused_ms = 0, last_ms = 0;
    for (const Fields& end : ends) {
      paused_ms += last_ms;
      const int64_t pause_ms = end["restart_in_ms"];
      const bool first = &end == &ends.front();  // its life may have been long enough
      CHECK((pause_ms == std::max<int64_t>(100, 2 * last_ms) || (first && pause_ms == 0)));
      last_ms = pause_ms;
    }
    CHECK(paused_ms <= elapsed_ms);
  }
  LimitDescriptors(family.server.pid(), 4096, 4096);
  CHECK(Unanswered(callers) == 0);
  CHECK(WaitFor([&] { return family.IsWhole(); }));
}

}  // namespace
}  // namespace switchboard::test
