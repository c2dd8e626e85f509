// A caller who never stops talking does not hold up those who say little.

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

// Sends and receives as fast as it can until told to stop; true if every byte was right.
bool RunFirehose(const std::string& address, const std::atomic<bool>& stop) {
  const std::string block = RandomBytes(1 << 20, 31);
  Client hose(address);
  while (!stop) {
    if (hose.Echo(block) != block) return false;
  }
  return true;
}

void CheckTalkersBesideFirehoses(const ServerProcess::Options& options, int firehoses) {
  constexpr int kTalkers = 100;
  constexpr int kRounds = 20;
  ServerProcess server(options);
  std::atomic<bool> stop = false;
  std::atomic<int> intact = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < firehoses; ++i) {
    threads.emplace_back([&] { intact += RunFirehose(server.Address(), stop) ? 1 : 0; });
  }
  const bool flowing = server.Reaches("bytes_in", 10 << 20);

  int answered = 0;
  {
    std::vector<std::unique_ptr<Client>> talkers;
    for (int i = 0; i < kTalkers; ++i) {
      talkers.push_back(std::make_unique<Client>(server.Address()));
    }
    const Deadline deadline;
    for (int round = 0; round < kRounds && !deadline.Passed(); ++round) {
      const std::string message = "round " + std::to_string(round);
      for (auto& talker : talkers) talker->Send(message);
      for (auto& talker : talkers) {
        answered += talker->Receive(message.size(), milliseconds(deadline.LeftMs())) == message;
      }
    }
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();

  CHECK(flowing);
  CHECK(answered == kTalkers * kRounds);
  CHECK(intact == firehoses);
  REQUIRE(server.Reaches("closed_peer", kTalkers + firehoses));
  const Fields books = server.Drain();
  CHECK(books["yields"] > 0);
  CHECK(books["lost"] == 0);
}

TEST_CASE("AFirehoseDoesNotStarve100SmallTalkers") {
  CheckTalkersBesideFirehoses({"--greeting", ""}, 1);
}

TEST_CASE("FirehosesOnEveryWorkerDoNotStarve100SmallTalkers") {
  CheckTalkersBesideFirehoses({"--greeting", "", "--workers", "1"}, 3);
}

TEST_CASE("AFirehoseYieldsAfterASmallReadBuffer") {
  CheckTalkersBesideFirehoses({"--greeting", "", "--read-buffer", "4096"}, 1);
}

}  // namespace
}  // namespace switchboard::test
