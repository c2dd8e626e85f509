// SIGTERM and SIGINT: the replies under way are delivered, the books are closed, the exit is clean.

#include <doctest/doctest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "src/linux/socket.h"
#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

// A caller who talks until the server hangs up, and what came of it.
struct Talk {
  std::string sent;
  std::string received;
  End end = End::kOpen;

  void Run(const std::string& address, uint64_t seed) {
    const std::string block = RandomBytes(100 + seed * 977 % 60000, seed);
    Client client(address);
    while (end == End::kOpen) {
      const size_t now = client.SendSome(block);
      sent += block.substr(0, now);
      // All that has come: who talks on for seconds behind the end of the stream is reset.
      received += client.Receive(size_t{64} << 20, milliseconds(10));
      end = client.end();
    }
  }
};

void CheckDrainUnderLoad(const ServerProcess::Options& options) {
  constexpr int kCallers = 16;
  ServerProcess server(options);
  std::vector<Talk> talks(kCallers);
  std::vector<std::thread> threads;
  for (int i = 0; i < kCallers; ++i) {
    threads.emplace_back([&, i] { talks[i].Run(server.Address(), static_cast<uint64_t>(i + 1)); });
  }
  const bool flowing = server.Reaches("active", kCallers) && server.Reaches("bytes_in", 10 << 20);
  const Fields books = server.Drain();
  for (std::thread& thread : threads) thread.join();

  CHECK(flowing);
  int64_t delivered = 0;
  for (const Talk& talk : talks) {
    CHECK(talk.end == End::kEof);
    CHECK(Difference(talk.sent.substr(0, talk.received.size()), talk.received) == "");
    delivered += static_cast<int64_t>(talk.received.size());
  }
  CHECK(books["closed_drain"] == kCallers);
  CHECK(books["lost"] == 0);
  CHECK(books["bytes_out"] == delivered);
}

TEST_CASE("DrainUnderLoadLosesNothing") {
  CheckDrainUnderLoad({"--greeting", "", "--drain-timeout", "120"});
}

TEST_CASE("DrainUnderLoadLosesNothingWithOneWorker") {
  CheckDrainUnderLoad({"--greeting", "", "--drain-timeout", "120", "--workers", "1"});
}

TEST_CASE("DrainUnderLoadLosesNothingWithSmallBuffers") {
  CheckDrainUnderLoad({"--greeting", "", "--drain-timeout", "120", "--workers", "4",
                       "--read-buffer", "1024", "--socket-buffer", "4096"});
}

TEST_CASE("HangsUpOnSilentCallersWhenToldToStop") {
  constexpr int kCallers = 100;
  for (const int signal : {SIGTERM, SIGINT}) {
    ServerProcess server;
    std::vector<std::unique_ptr<Client>> callers;
    for (int i = 0; i < kCallers; ++i) {
      callers.push_back(std::make_unique<Client>(server.Address()));
    }
    REQUIRE(server.Reaches("active", kCallers));
    server.Signal(signal);
    for (auto& caller : callers) {
      CHECK(caller->ReceiveUntilEof() == "hello from server\n");
      CHECK(caller->end() == End::kEof);
      caller->Close();
    }
    CHECK(server.WaitForExit() == 0);
    const std::vector<Fields> drained = server.Logged("drained");
    REQUIRE(drained.size() == 1);
    CHECK(drained[0]["closed_drain"] == kCallers);
    CHECK(drained[0]["lost"] == 0);
    CHECK(server.Logged("drain_begin").size() == 1);
  }
}

TEST_CASE("StopsWithoutCallers") {
  ServerProcess server;
  const Fields books = server.Drain();
  CHECK(books["accepted"] == 0);
  CHECK(IsRefused(server.Address()));
}

// A server whose drain cannot end, because a caller does not take its echo.
struct Stuck {
  explicit Stuck(const std::string& drain_timeout)
      : server({"--greeting", "", "--drain-timeout", drain_timeout, "--write-timeout", "0"}),
        caller(server.Address()) {
    const std::string block = RandomBytes(1 << 20, 61);
    while (caller.Send(block, milliseconds(500)) == block.size()) {
    }
    REQUIRE(server.Stats()["buffered"] > 0);
    server.Signal(SIGTERM);
    REQUIRE(WaitFor([&] { return !server.Logged("drain_begin").empty(); }));
  }

  ServerProcess server;
  Client caller;
};

TEST_CASE("RefusesNewCallersWhileDraining") {
  Stuck stuck("600");
  CHECK(WaitFor([&] { return IsRefused(stuck.server.Address()); }));
  CHECK_FALSE(stuck.server.WaitForExit(milliseconds(0)).has_value());
}

TEST_CASE("ASecondSignalExitsAtOnce") {
  Stuck stuck("600");
  CHECK_FALSE(stuck.server.WaitForExit(milliseconds(500)).has_value());
  stuck.server.Signal(SIGTERM);
  CHECK(stuck.server.WaitForExit().has_value());
}

TEST_CASE("DeliversTheReplyToACallerWhoReadsDuringTheDrain") {
  ServerProcess server({"--greeting", "", "--drain-timeout", "600", "--socket-buffer", "16384"});
  Client caller(server.Address(), 4096);
  const std::string message = RandomBytes(1 << 20, 62);
  std::string received;
  const size_t sent = caller.SendSome(message);
  REQUIRE(server.Reaches("buffered", 1));
  server.Signal(SIGTERM);
  REQUIRE(WaitFor([&] { return !server.Logged("drain_begin").empty(); }));
  received = caller.ReceiveUntilEof();
  CHECK(caller.end() == End::kEof);
  CHECK(Difference(message.substr(0, received.size()), received) == "");
  CHECK(received.size() > 16384);
  CHECK(received.size() <= sent);
  caller.Close();
  CHECK(server.WaitForExit() == 0);
  const Fields books = server.Logged("drained").at(0);
  CHECK(books["lost"] == 0);
  CHECK(books["bytes_out"] == static_cast<int64_t>(received.size()));
}

TEST_CASE("TheDrainTimeoutEndsADrainAndSaysWhatWasLost") {
  Stuck stuck("1");
  CHECK(stuck.server.WaitForExit() == 0);
  const std::vector<Fields> drained = stuck.server.Logged("drained");
  REQUIRE(drained.size() == 1);
  const Fields& books = drained[0];
  CHECK(books["lost"] > 0);
  // What the kernel held for the caller goes with the connection.
  CHECK(books["bytes_out"] <= sys::UnreadBytes(stuck.caller.fd()).value);
  CHECK(books["accepted"] == 1);
  CHECK(books["closed"] == 1);
  CHECK(books["bytes_in"] == books["bytes_out"] + books["lost"] + books["discarded"]);
}

// A hang would show as a process that does not exit; the moment differs from run to run.
TEST_CASE("StopsAtAnyMoment") {
  const int rounds = kSanitized ? 50 : 200;
  for (int i = 0; i < rounds; ++i) {
    ServerProcess server({"--workers", "2"});
    std::atomic<bool> stop = false;
    std::thread caller([&] {
      while (!stop && !IsRefused(server.Address())) {
      }
    });
    std::this_thread::sleep_for(std::chrono::microseconds(37 * i % 2000));
    server.Signal(SIGTERM);
    const std::optional<int> status = server.WaitForExit();
    stop = true;
    caller.join();
    REQUIRE(status == 0);
    const std::vector<Fields> drained = server.Logged("drained");
    REQUIRE(drained.size() == 1);
    REQUIRE(drained[0]["accepted"] == drained[0]["closed"]);
  }
}

}  // namespace
}  // namespace switchboard::test
