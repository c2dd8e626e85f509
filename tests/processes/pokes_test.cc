// At the limit of all, processes poke each other for every line that becomes free: for whoever
// waits in a backlog, or behind a proxy at one of them. That comes to an end.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <thread>

#include "tests/processes/family.h"
#include "tests/support/http.h"

namespace switchboard::test {
namespace {

constexpr size_t kProcesses = 8, kLines = 8, kWaiting = 16;
// Each process may look some times before a line is taken, when several claim it at once; a storm
// of pokes would not end.
constexpr double kMostRounds = 16.0 * kProcesses * kWaiting;

const std::string kHeader = "PROXY TCP4 192.0.2.9 198.51.100.1 4711 8000\r\n";

// Every other one behind a proxy.
Callers CallBoth(const ServerProcess& server, size_t count) {
  Callers callers;
  for (size_t i = 0; i < count; ++i) {
    callers.push_back(std::make_unique<Client>(server.Address(i % 2)));
    callers.back()->Send((i % 2 == 0 ? "" : kHeader) + "hello");
  }
  return callers;
}

// Of the reactors of all, once none of them goes round any more: nothing else wakes them.
double RoundsAtRest(const std::string& status) {
  double rounds = -1;
  REQUIRE(WaitFor([&] {
    const double before = rounds;
    std::this_thread::sleep_for(milliseconds(200));
    rounds = Figure(Get(status, "/metrics").body, "switchboard_reactor_rounds_total");
    return rounds == before;
  }));
  return rounds;
}

// The first of `waiting` who is answered, and is not waiting then.
std::unique_ptr<Client> TakeAnswered(Callers& waiting) {
  Callers::iterator answered;
  REQUIRE(WaitFor([&] {
    answered = std::ranges::find_if(
        waiting, [](const auto& caller) { return caller->ReceiveSome() == "hello"; });
    return answered != waiting.end();
  }));
  std::unique_ptr<Client> caller = std::move(*answered);
  waiting.erase(answered);
  return caller;
}

TEST_CASE("NoStormOfPokesFollowsALineThatBecomesFree") {
  const SlowManager slow;  // nor does any sign of life
  Family family(
      kProcesses,
      {"--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0=echo,proxy", "--proxy-from", "127.0.0.1",
       "--max-connections", std::to_string(kLines), "--status", "127.0.0.1:0"},
      slow.spawn());
  REQUIRE(WaitFor([&] { return family.IsWhole(); }));
  const std::string status = StatusAddress(family.server);
  Callers on_the_line = CallBoth(family.server, kLines);
  REQUIRE(Unanswered(on_the_line) == 0);
  Callers waiting = CallBoth(family.server, kWaiting);
  REQUIRE(family.server.Reaches("proxy_v1", (kLines + kWaiting) / 2));
  const double before = RoundsAtRest(status);
  while (!waiting.empty()) {
    on_the_line.erase(on_the_line.begin());
    on_the_line.push_back(TakeAnswered(waiting));
  }
  const double rounds = RoundsAtRest(status) - before;
  CAPTURE(rounds);
  CHECK(rounds > kWaiting);
  CHECK(rounds < kMostRounds);
}

}  // namespace
}  // namespace switchboard::test
