// --idle-timeout ends a call on which nothing moves, and no other.

#include <doctest/doctest.h>

#include <csignal>
#include <memory>
#include <string>
#include <thread>
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
