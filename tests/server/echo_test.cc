// Every byte comes back once and in order, whatever is sent, however it is cut, whoever serves.

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

constexpr size_t kMiB = 1 << 20;

// Echoes messages of 1 byte to 8 MiB in random pieces and checks the books over all of them.
void CheckEchoesEverySize(const ServerProcess::Options& options) {
  ServerProcess server(options);
  Client client(server.Address());
  int64_t total = 0;
  uint64_t seed = 1;
  for (const size_t size : {size_t{1}, size_t{2}, size_t{1000}, size_t{65535}, size_t{65536},
                            size_t{65537}, kMiB, 8 * kMiB}) {
    const std::string message = RandomBytes(size, seed++);
    const std::string echoed = client.Echo(message, size < kMiB ? 1000 : 100000);
    REQUIRE_EQ(Difference(message, echoed), "");
    total += static_cast<int64_t>(size);
  }
  client.Close();
  REQUIRE(server.Reaches("closed_peer", 1));
  const Fields books = server.Drain();
  CHECK(books["accepted"] == 1);
  CHECK(books["bytes_in"] == total);
  CHECK(books["bytes_out"] == total);
  CHECK(books["lost"] == 0);
}

TEST_CASE("EchoesMessagesOfAnySize") { CheckEchoesEverySize({"--greeting", ""}); }

TEST_CASE("EchoesMessagesOfAnySizeWithOneWorker") {
  CheckEchoesEverySize({"--greeting", "", "--workers", "1"});
}

TEST_CASE("EchoesMessagesOfAnySizeThroughTheSmallestReadBuffer") {
  CheckEchoesEverySize({"--greeting", "", "--read-buffer", "1024"});
}

TEST_CASE("EchoesMessagesOfAnySizeThroughTheLargestReadBuffer") {
  CheckEchoesEverySize({"--greeting", "", "--read-buffer", "16777216"});
}

TEST_CASE("EchoesMessagesOfAnySizeThroughSmallSocketBuffers") {
  CheckEchoesEverySize({"--greeting", "", "--socket-buffer", "4096"});
}

TEST_CASE("EchoesAFixedPoolOf64Workers") {
  ServerProcess server({"--greeting", "", "-w", "64"});
  Client client(server.Address());
  CHECK(client.Echo("one of many") == "one of many");
}

TEST_CASE("EightWorkersKeepTheBytesOfManyCallersApart") {
  constexpr int kCallers = 24;
  const size_t size = kSanitized ? kMiB / 4 : kMiB;
  ServerProcess server({"--greeting", "", "--workers=8"});
  std::vector<std::string> differences(kCallers);
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      Client client(server.Address());
      const std::string message = RandomBytes(size, static_cast<uint64_t>(100 + i));
      differences[i] = Difference(message, client.Echo(message, 1 + 1000 * i));
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const std::string& difference : differences) CHECK(difference == "");

  REQUIRE(server.Reaches("closed_peer", kCallers));
  const Fields books = server.Drain();
  CHECK(books["accepted"] == kCallers);
  CHECK(books["bytes_out"] == static_cast<int64_t>(kCallers * size));
  CHECK(books["lost"] == 0);
}

TEST_CASE("EchoesPipelinedMessagesInOrder") {
  ServerProcess server({"--greeting", "", "--workers", "8"});
  Client client(server.Address());
  std::string all;
  for (int i = 0; i < 10000; ++i) {
    const std::string message = "message " + std::to_string(i) + "\n";
    REQUIRE(client.Send(message) == message.size());
    all += message;
  }
  CHECK(Difference(all, client.Receive(all.size())) == "");
}

TEST_CASE("EchoesEveryByteValue") {
  ServerProcess server({"--greeting", ""});
  Client client(server.Address());
  std::string all;
  for (int value = 0; value < 256; ++value) all += static_cast<char>(value);
  CHECK(Difference(all, client.Echo(all)) == "");
}

TEST_CASE("StaysOnTheLineUntilTheCallerHangsUp") {
  ServerProcess server;
  Client client(server.Address());
  const std::string greeting = "hello from server\n";
  REQUIRE(client.Receive(greeting.size()) == greeting);
  for (int i = 0; i < 1000; ++i) {
    const std::string message = std::to_string(i);
    REQUIRE(client.Echo(message) == message);
  }
  CHECK(server.Stats()["active"] == 1);
  client.Close();
  CHECK(server.Reaches("closed_peer", 1));
}

TEST_CASE("EchoesUrgentDataInLine") {
  ServerProcess server({"--greeting", ""});
  Client client(server.Address());
  constexpr int kRounds = 200;
  for (int i = 0; i < kRounds; ++i) {
    REQUIRE(client.Send("before") == 6);
    REQUIRE(client.SendUrgent('!'));
    REQUIRE(client.Send("after") == 5);
    REQUIRE(client.Receive(12) == "before!after");
  }
  // The urgent byte last, with nothing behind it to move it along.
  REQUIRE(client.Send("end") == 3);
  REQUIRE(client.SendUrgent('?'));
  CHECK(client.Receive(4) == "end?");
  client.Close();
  REQUIRE(server.Reaches("closed_peer", 1));
  CHECK(server.Drain()["bytes_out"] == 12 * kRounds + 4);
}

}  // namespace
}  // namespace switchboard::test
