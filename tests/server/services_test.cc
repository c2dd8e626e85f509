// The other services, and pools of their own.

#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

// RFC 864: lines of 72 out of the 95 printable characters in a ring, each beginning one further on.
std::string CharacterGenerator(size_t size) {
  std::string text;
  for (int line = 0; text.size() < size; ++line) {
    for (int i = 0; i < 72; ++i) text += static_cast<char>(' ' + (line + i) % 95);
    text += "\r\n";
  }
  return text.substr(0, size);
}

TEST_CASE("DiscardTakesEverythingAndSaysNothing") {
  ServerProcess server({"--listen", "127.0.0.1:0=discard"});
  const std::string message = RandomBytes(8 << 20, 101);
  Client caller(server.Address());
  REQUIRE(caller.Send(message) == message.size());
  caller.ShutdownWrite();
  CHECK(caller.ReceiveUntilEof() == "");
  CHECK(caller.end() == End::kEof);
  REQUIRE(server.Reaches("closed_peer", 1));
  const Fields books = server.Drain();
  CHECK(books["bytes_in"] == 8 << 20);
  CHECK(books["discarded"] == 8 << 20);
  CHECK(books["bytes_out"] == 0);
}

TEST_CASE("ChargenSendsThePatternOfRfc864") {
  ServerProcess server({"--listen", "127.0.0.1:0=chargen"});
  for (int i = 0; i < 3; ++i) {
    Client caller(server.Address());
    const size_t size = (4 << 20) + 17 * i;
    CHECK(Difference(CharacterGenerator(size), caller.Receive(size)) == "");
    caller.Reset();
  }
  CHECK(server.Reaches("closed_reset", 3));
  CHECK(server.Drain()["unsolicited"] > 3 * (4 << 20));
}

TEST_CASE("ChargenWaitsForASlowReader") {
  ServerProcess server({"--listen", "127.0.0.1:0=chargen", "--socket-buffer", "16384"});
  Client caller(server.Address(), 4096);
  REQUIRE(server.Reaches("unsolicited", 1));
  int64_t before = -1;
  REQUIRE(WaitFor([&] {
    const int64_t last = before;
    before = server.Stats()["unsolicited"];
    return last == before || server.WaitForExit(milliseconds(100)).has_value();
  }));
  CHECK(before < 1 << 20);
  CHECK(Difference(CharacterGenerator(4 << 20), caller.Receive(4 << 20)) == "");
}

TEST_CASE("ChargenThrowsAwayWhatTheCallerSays") {
  ServerProcess server({"--listen", "127.0.0.1:0=chargen"});
  Client caller(server.Address());
  const std::string message = RandomBytes(4 << 20, 102);
  const std::string expected = CharacterGenerator(4 << 20);
  CHECK(Difference(expected, caller.Echo(message)) == "");
  caller.Reset();
  REQUIRE(server.Reaches("closed", 1));
  const Fields books = server.Drain();
  CHECK(books["bytes_out"] == 0);
  CHECK(books["bytes_in"] == books["discarded"]);
  CHECK(books["bytes_in"] > 0);
}

TEST_CASE("ChargenDrains") {
  ServerProcess server({"--listen", "127.0.0.1:0=chargen"});
  Client caller(server.Address());
  REQUIRE(caller.Receive(1000).size() == 1000);
  server.Signal(SIGTERM);
  const std::string rest = caller.ReceiveUntilEof();
  CHECK(caller.end() == End::kEof);
  CHECK(Difference(CharacterGenerator(1000 + rest.size()).substr(1000), rest) == "");
  caller.Close();
  CHECK(server.WaitForExit() == 0);
}

TEST_CASE("DaytimeTellsTheTimeAndHangsUp") {
  ServerProcess server({"--listen", "127.0.0.1:0=daytime"});
  for (int i = 0; i < 20; ++i) {
    Client caller(server.Address());
    const std::string told = caller.ReceiveUntilEof();
    CAPTURE(told);
    CHECK(caller.end() == End::kEof);
    CHECK(told.ends_with("\r\n"));
    CHECK(std::count(told.begin(), told.end(), '\n') == 1);
    CHECK(told.find("20") != std::string::npos);  // of the year
    CHECK(std::count(told.begin(), told.end(), ':') >= 2);
  }
  REQUIRE(server.Reaches("closed_served", 20));
  CHECK(server.Drain()["unsolicited"] > 20 * 10);
}

TEST_CASE("DaytimeReachesACallerWhoSpeaksUnasked") {
  ServerProcess server({"--listen", "127.0.0.1:0=daytime"});
  for (int i = 0; i < 50; ++i) {
    Client caller(server.Address());
    caller.Send(RandomBytes(10000, 103));
    CHECK(caller.ReceiveUntilEof().ends_with("\r\n"));
    CHECK(caller.end() == End::kEof);
  }
}

TEST_CASE("EachAddressBelongsToItsService") {
  ServerProcess server({"--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0=discard", "--listen",
                        "127.0.0.1:0=daytime", "--listen", "127.0.0.1:0=echo", "--greeting", "",
                        "--workers", "2", "--workers", "discard=1"});
  Client echo(server.Address(0));
  Client discard(server.Address(1));
  Client daytime(server.Address(2));
  Client echo_too(server.Address(3));
  CHECK(echo.Echo("one") == "one");
  CHECK(discard.Send("two") == 3);
  discard.ShutdownWrite();
  CHECK(discard.ReceiveUntilEof() == "");
  CHECK(daytime.ReceiveUntilEof().size() > 10);
  CHECK(echo_too.Echo("four") == "four");
}

TEST_CASE("EveryPoolHasItsFixedNumberOfThreads") {
  const ServerProcess::Options listen = {"--listen", "127.0.0.1:0", "--listen",
                                         "127.0.0.1:0=discard"};
  const auto with = [&](ServerProcess::Options more) {
    more.insert(more.begin(), listen.begin(), listen.end());
    return more;
  };
  const auto threads = [](const ServerProcess& server) { return ThreadCount(server.pid()); };
  ServerProcess three(with({"--workers", "3"}));
  ServerProcess seven(with({"--workers", "7"}));
  ServerProcess own(with({"--workers", "3", "--workers", "discard=5"}));
  // The thread sanitizer adds one of its own to each process when it pleases.
  CHECK(WaitFor([&] { return threads(seven) == threads(three) + 4; }));
  CHECK(WaitFor([&] { return threads(own) == threads(three) + 5; }));
  std::vector<Client> callers;
  for (int i = 0; i < 50; ++i) callers.emplace_back(own.Address(i % 2));
  for (int i = 0; i < 50; i += 2) CHECK(callers[i].Receive(18).size() == 18);
  CHECK(threads(own) == threads(three) + 5);
}

// The callers of chargen keep its only worker writing all the time.
TEST_CASE("ABusyPoolDoesNotHoldUpAnother") {
  ServerProcess server({"--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0=chargen", "--workers",
                        "1", "--workers", "chargen=1", "--greeting", ""});
  std::vector<Client> readers;
  for (int i = 0; i < 4; ++i) readers.emplace_back(server.Address(1));
  Client caller(server.Address(0));
  for (int i = 0; i < 200; ++i) {
    for (Client& reader : readers) reader.Receive(65536, milliseconds(0));
    REQUIRE(caller.Echo("in between") == "in between");
  }
}

// The same in one pool: whoever streams takes turns with those who talk.
TEST_CASE("StreamsTakeTurnsWithTalkersInOnePool") {
  ServerProcess server({"--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0=chargen", "--workers",
                        "1", "--greeting", ""});
  std::vector<Client> readers;
  for (int i = 0; i < 4; ++i) readers.emplace_back(server.Address(1));
  Client caller(server.Address(0));
  for (int i = 0; i < 200; ++i) {
    for (Client& reader : readers) reader.Receive(65536, milliseconds(0));
    REQUIRE(caller.Echo("in between") == "in between");
  }
}

}  // namespace
}  // namespace switchboard::test
