// When the process runs out of descriptors it neither spins nor goes deaf.

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

const std::string kGreeting = "hello from server\n";

// A server whose descriptors have run out under a few callers, with others waiting.
struct Exhausted {
  static constexpr int kTalking = 5;
  static constexpr int kWaiting = 3;

  Exhausted() {
    for (int i = 0; i < kTalking; ++i) {
      talking.push_back(std::make_unique<Client>(server.Address()));
      REQUIRE(talking.back()->Receive(kGreeting.size()) == kGreeting);
    }
    // The undefined-behaviour sanitizer needs descriptors the first time that it sees a type, and
    // takes their lack for a mistake of the program. So whatever is asked later is asked once now.
    server.Stats();
    LimitDescriptors(server.pid(), NextDescriptor(server.pid()), 1024);
    for (int i = 0; i < kWaiting; ++i) {
      waiting.push_back(std::make_unique<Client>(server.Address()));
    }
    REQUIRE(server.Reaches("accept_paused", 1));
  }

  ServerProcess server{{"--max-connections", "500"}};
  std::vector<std::unique_ptr<Client>> talking, waiting;
};

TEST_CASE("WarnsOnceAndDoesNotSpinWithoutDescriptors") {
  Exhausted at;
  REQUIRE(at.talking[0]->Echo("undisturbed") == "undisturbed");
  const int64_t cpu_ms = CpuMs(at.server.pid());
  std::this_thread::sleep_for(seconds(2));
  CHECK(CpuMs(at.server.pid()) - cpu_ms <= 100);  // 5 %

  const std::vector<Fields> warnings = at.server.Logged("accept_paused");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings.front().Text("level") == "warn");
  for (auto& caller : at.waiting) {
    CHECK(caller->ReceiveSome() == "");
    CHECK(caller->end() == End::kOpen);
  }
}

TEST_CASE("AcceptsAgainWhenACallerLeaves") {
  Exhausted at;
  at.talking.pop_back();
  const auto start = Clock::now();
  CHECK(at.waiting[0]->Receive(kGreeting.size()) == kGreeting);
  // A tenth of this is promised; the rest is for a busy machine.
  CHECK(Clock::now() - start < seconds(1));
  CHECK(at.waiting[0]->Echo("thank you") == "thank you");
}

// A descriptor may also become free without any caller leaving.
TEST_CASE("AcceptsAgainWhenTheLimitIsRaised") {
  Exhausted at;
  LimitDescriptors(at.server.pid(), 1024, 1024);
  const auto start = Clock::now();
  for (auto& caller : at.waiting) CHECK(caller->Receive(kGreeting.size()) == kGreeting);
  CHECK(Clock::now() - start < seconds(1));
  CHECK(at.server.Stats()["active"] == Exhausted::kTalking + Exhausted::kWaiting);
  CHECK_FALSE(at.server.Logged("accept_resumed").empty());
}

TEST_CASE("RecoversFromRunningOutOfDescriptorsManyTimes") {
  Exhausted at;
  for (int i = 0; i < 20; ++i) {
    at.talking.erase(at.talking.begin());
    REQUIRE(at.waiting.front()->Receive(kGreeting.size()) == kGreeting);
    REQUIRE(at.waiting.front()->Echo("hello") == "hello");
    at.talking.push_back(std::move(at.waiting.front()));
    at.waiting.erase(at.waiting.begin());
    at.waiting.push_back(std::make_unique<Client>(at.server.Address()));
  }
  const Fields stats = at.server.Stats();
  CHECK(stats["active"] == Exhausted::kTalking);
  CHECK(stats["rejected"] == 0);
}

TEST_CASE("StartsWithFewDescriptors") {
  Spawn few;
  few.wrapper = {"prlimit", "--nofile=64:64"};
  ServerProcess server({}, few);
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < 100; ++i) callers.push_back(std::make_unique<Client>(server.Address()));
  // Whoever finds no place is on hold, and gets one when those before have left.
  for (auto& caller : callers) {
    REQUIRE(caller->Receive(kGreeting.size()) == kGreeting);
    caller.reset();
  }
  REQUIRE(server.Reaches("closed_peer", 100));
  // The limit on connections that follows from it keeps accept(2) from failing at all.
  CHECK(server.Drain()["accept_paused"] == 0);
}

}  // namespace
}  // namespace switchboard::test
