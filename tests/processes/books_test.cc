// What several processes have counted, when one of them has died.

#include <doctest/doctest.h>
#include <signal.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "tests/processes/family.h"
#include "tests/support/http.h"

namespace switchboard::test {
namespace {

// Callers who talk until they are told to stop or are cut off, each in a thread of its own.
class Talkers {
 public:
  Talkers(const std::string& address, int count) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, address] { Talk(address); });
    }
  }
  ~Talkers() { Stop(); }
  void Stop() {
    over_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  std::atomic<int64_t> said_bytes{0}, heard_bytes{0};
  std::atomic<int> talking{0}, cut{0};

 private:
  void Talk(const std::string& address) {
    const std::string message = RandomBytes(5000, 1);
    Client client(address);
    bool first = true;
    while (!over_) {
      said_bytes += static_cast<int64_t>(client.SendSome(message));
      const std::string heard = client.Receive(message.size());
      heard_bytes += static_cast<int64_t>(heard.size());
      if (heard.size() < message.size()) {
        ++cut;
        return;
      }
      if (first) ++talking;
      first = false;
    }
  }

  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

void CheckBalance(const Fields& books) {
  CHECK(books["accepted"] == books["active"] + books["closed"]);
  CHECK(books["bytes_in"] ==
        books["bytes_out"] + books["lost"] + books["discarded"] + books["buffered"]);
}

TEST_CASE("TheBooksAreExactAfterOneWasKilledUnderLoad") {
  constexpr int kTalkers = 12;
  Family family(3);
  Talkers talkers(family.server.Address(), kTalkers);
  REQUIRE(WaitFor([&] { return talkers.talking == kTalkers; }));
  const pid_t victim = family.Children().at(1);
  const int64_t lines = family.StatsOf(victim)["active"];
  REQUIRE(::kill(victim, SIGKILL) == 0);
  REQUIRE(WaitFor([&] { return family.IsWhole({victim}); }));
  CHECK(WaitFor([&] { return talkers.cut == lines; }));
  Callers newcomers = Call(family.server.Address(), 20);
  CHECK(Unanswered(newcomers) == 0);
  newcomers.clear();
  talkers.Stop();
  const Fields books = family.server.Drain();
  CHECK(books["accepted"] == kTalkers + 20);
  CHECK(books["closed_process"] == lines);
  CHECK(talkers.cut == lines);
  // What a process had sent when it died, and had not counted, is in `lost`.
  CHECK(books["bytes_in"] <= talkers.said_bytes + 20 * 5);
  CHECK(books["bytes_out"] + books["lost"] >= talkers.heard_bytes + 20 * 5);
}

TEST_CASE("NoCountIsGoneWithTheProcessesThatDie") {
  Family family(2);
  int64_t accepted = 0, bytes = 0, closed = 0;
  for (int round = 0; round < 3; ++round) {
    Callers callers = Call(family.server.Address(), 20);
    REQUIRE(Unanswered(callers) == 0);
    accepted += 20;
    bytes += 20 * 5;
    const std::vector<pid_t> before = family.Children();
    const int64_t lines = family.StatsOf(before.at(0))["active"];
    REQUIRE(::kill(before.at(0), SIGKILL) == 0);
    REQUIRE(WaitFor([&] { return family.IsWhole({before.at(0)}); }));
    closed += lines;
    const Fields books = family.Total();
    CHECK(books["accepted"] == accepted);
    CHECK(books["bytes_in"] == bytes);
    CHECK(books["closed_process"] == closed);
    CHECK(books["active"] == 20 - lines);
    CheckBalance(books);
    callers.clear();
    REQUIRE(WaitFor([&] { return family.Total()["active"] == 0; }));
  }
  family.server.Drain();
}

// One of them is stopped, and has its line all the same.
TEST_CASE("TheParentSaysWhatAllAndEachHaveCounted") {
  Family family(3);
  Callers callers = Call(family.server.Address(), 30);
  REQUIRE(Unanswered(callers) == 0);
  const pid_t stopped = family.Children().at(0);
  REQUIRE(::kill(stopped, SIGSTOP) == 0);
  const Fields total = family.server.Stats();
  CHECK(total["active"] == 30);
  REQUIRE(WaitFor([&] { return family.server.Logged("stats").size() == 4; }));
  int64_t sum = 0;
  const std::vector<Fields> lines = family.server.Logged("stats");
  for (size_t i = 1; i < lines.size(); ++i) {
    CHECK(lines[i]["process"] == static_cast<int64_t>(i));
    CHECK(lines[i]["listen_overflows"] == total["listen_overflows"]);
    sum += lines[i]["active"];
  }
  CHECK(sum == 30);
  REQUIRE(::kill(stopped, SIGCONT) == 0);
}

}  // namespace
}  // namespace switchboard::test
