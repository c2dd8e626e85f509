// --idle-timeout ends a call on which nothing moves, and no other.

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

TEST_CASE("HangsUpOnIdleCallers") {
  constexpr int kCallers = 20;
  ServerProcess server({"--idle-timeout", "1"});
  const auto start = Clock::now();
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < kCallers; ++i) callers.push_back(std::make_unique<Client>(server.Address()));
  for (auto& caller : callers) {
    CHECK(caller->ReceiveUntilEof() == "hello from server\n");
    CHECK(caller->end() == End::kEof);
  }
  CHECK(Clock::now() - start >= milliseconds(950));
  callers.clear();
  REQUIRE(server.Reaches("closed_idle", kCallers));
  CHECK(server.Err().find("level=warn") == std::string::npos);
  CHECK(server.Drain()["closed_idle"] == kCallers);
}

TEST_CASE("OneByteNowAndThenIsNotIdle") {
  ServerProcess server({"--greeting", "", "--idle-timeout", "2"});
  Client talker(server.Address());
  Client silent(server.Address());
  REQUIRE(talker.Echo("0") == "0");
  for (int i = 1; i <= 10; ++i) {
    std::this_thread::sleep_for(
        milliseconds(500));  // five seconds in all, two and a half time-outs
    const std::string byte(1, static_cast<char>('0' + i));
    REQUIRE(talker.Echo(byte) == byte);
  }
  CHECK(silent.ReceiveUntilEof() == "");
  CHECK(silent.end() == End::kEof);
  silent.Close();
  CHECK(server.Reaches("closed_idle", 1));
  CHECK(talker.Echo("still there") == "still there");
}

// The caller's reading is movement too: the echo of one long message, taken slowly.
TEST_CASE("ACallerWhoReadsSlowlyIsNotIdle") {
  ServerProcess server({"--greeting", "", "--idle-timeout", "2", "--socket-buffer", "4096"});
  Client caller(server.Address(), 4096);
  const std::string message = RandomBytes(1 << 20, 21);
  std::string received;
  size_t sent = 0;
  const Deadline slow_part(seconds(5));
  while (!slow_part.Passed() && caller.end() == End::kOpen) {
    sent += caller.SendSome(std::string_view(message).substr(sent));
    std::this_thread::sleep_for(milliseconds(100));
    received += caller.Receive(1024, milliseconds(1));
  }
  CHECK(caller.end() == End::kOpen);
  received += caller.Receive(sent - received.size());
  CHECK(Difference(message.substr(0, sent), received) == "");
  CHECK(server.Stats()["closed_idle"] == 0);
}

// The server has nothing left to do for this caller, and the kernel has: it holds the echo, and the
// caller takes three time-outs to read it.
TEST_CASE("ACallerIsNotIdleWhileItsEchoArrives") {
  ServerProcess server({"--greeting", "", "--idle-timeout", "1"});
  Client caller(server.Address(), 8192);
  const std::string message = RandomBytes(150000, 22);
  REQUIRE(caller.Send(message) == message.size());
  std::string received;
  bool spoken = false;
  for (const Deadline first_half(milliseconds(1500)); received.size() < message.size();) {
    const size_t before = received.size();
    received += caller.Receive(4000);
    REQUIRE(received.size() > before);
    if (first_half.Passed() && !std::exchange(spoken, true)) REQUIRE(caller.Send("after!") == 6);
    std::this_thread::sleep_for(milliseconds(80));  // this is what makes it slow
  }
  received += caller.ReceiveUntilEof();
  CHECK(caller.end() == End::kEof);
  CHECK(Difference(message + "after!", received) == "");
  caller.Close();
  REQUIRE(server.Reaches("closed_idle", 1));
  const Fields books = server.Drain();
  CHECK(books["lost"] == 0);
  CHECK(books["bytes_out"] == static_cast<int64_t>(received.size()));
}

// They have more to say, at any time, than a round of the reactor has room for.
TEST_CASE("ACrowdThatNeverPausesKeepsNobodyFromBeingIdle") {
  constexpr int kCallers = 1600;  // three rounds of the reactor
  // Slower than the crowd, but not so that beside other tests it hardly runs at all.
  Spawn behind_the_crowd;
  behind_the_crowd.wrapper = {"nice", "-n", "5"};
  ServerProcess server({"--greeting", "", "--idle-timeout", "1"}, behind_the_crowd);
  std::atomic<bool> over = false;
  std::thread talking([&] {
    std::vector<std::unique_ptr<Client>> crowd;
    while (!over) {
      for (int i = 0; i < 300 && crowd.size() < kCallers; ++i) {
        crowd.push_back(std::make_unique<Client>(server.Address()));
      }
      for (const auto& caller : crowd) {
        caller->SendSome("?");
        caller->ReceiveSome();
      }
    }
  });
  const bool all_came = server.Reaches("accepted", kCallers);
  Client silent(server.Address());
  silent.ReceiveUntilEof();
  over = true;
  talking.join();
  CHECK(all_came);
  CHECK(silent.end() == End::kEof);
}

TEST_CASE("ASilentCallerStaysWithoutAnIdleTimeout") {
  ServerProcess server({"--greeting", ""});
  Client caller(server.Address());
  REQUIRE(server.Reaches("active", 1));
  CHECK(caller.Receive(1, seconds(2)) == "");
  CHECK(caller.end() == End::kOpen);
  CHECK(caller.Echo("there you are") == "there you are");
}

// A machine that stands still for a while makes nobody idle who has spoken meanwhile.
TEST_CASE("AServerThatWasStoppedAnswersWhoSpokeMeanwhile") {
  constexpr int kCallers = 900;  // more than one round of events
  ServerProcess server({"--greeting", "", "--idle-timeout", "6"});
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < kCallers; ++i) callers.push_back(std::make_unique<Client>(server.Address()));
  REQUIRE(server.Reaches("accepted", kCallers));
  server.Signal(SIGSTOP);
  for (auto& caller : callers) REQUIRE(caller->Send("?") == 1);
  std::this_thread::sleep_for(milliseconds(6500));  // what is tested is that time passes
  server.Signal(SIGCONT);
  int answered = 0;
  for (auto& caller : callers) answered += caller->Receive(1) == "?";
  CHECK(answered == kCallers);
}

}  // namespace
}  // namespace switchboard::test
