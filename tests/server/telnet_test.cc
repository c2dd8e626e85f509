// Called with telnet, as by hand.

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/server_process.h"
#include "tests/support/terminal.h"

namespace switchboard::test {
namespace {

const std::string kGreeting = "hello from server\n";

std::vector<std::string> Telnet(const ServerProcess& server) {
  const std::string address = server.Address();
  return {"telnet", "127.0.0.1", address.substr(address.rfind(':') + 1)};
}

// The exercise of the lecture.
TEST_CASE("TelnetIsGreetedEchoedAndHungUpOn") {
  ServerProcess server({"--once", "--trace"});
  Terminal telnet(Telnet(server));
  REQUIRE(telnet.Shows(kGreeting));
  telnet.Type("good morning\n");
  CHECK(telnet.Ended());
  // What was typed, as the terminal shows it, and below it the echo.
  const std::string expected =
      "Escape character is '^]'.\n"
      "hello from server\n"
      "good morning\n"
      "good morning\n"
      "Connection closed by foreign host.\n";
  INFO("the screen:\n" << telnet.screen());
  CHECK(telnet.screen().ends_with(expected));
  CHECK(WaitFor([&] { return server.Out().find("good morning") != std::string::npos; }));
  REQUIRE(server.Reaches("closed_served", 1));
  CHECK(server.Drain()["bytes_out"] == 14);  // telnet ends the line with \r\n
}

TEST_CASE("TelnetStaysOnTheLineWithoutOnce") {
  ServerProcess server;
  Terminal telnet(Telnet(server));
  REQUIRE(telnet.Shows(kGreeting));
  for (const std::string line : {"one\n", "two\n", "three\n"}) {
    telnet.Type(line);
    REQUIRE(telnet.Shows(line + line));
  }
  telnet.Type("\x1d");  // ^]
  REQUIRE(telnet.Shows("telnet> "));
  telnet.Type("quit\n");
  CHECK(telnet.Ended());
  CHECK(server.Reaches("closed_peer", 1));
}

// Telnet's Ctrl-C sends commands, and answers those that come back to it as an echo.
TEST_CASE("TelnetsControlCIsEchoedAndEnds") {
  ServerProcess server;
  Terminal telnet(Telnet(server));
  REQUIRE(telnet.Shows(kGreeting));
  for (int i = 0; i < 2; ++i) {
    const int64_t before = server.Stats()["bytes_in"];
    telnet.Type("\x03");
    REQUIRE(server.Reaches("bytes_in", before + 1));
  }
  telnet.Type("are you there?\n");
  CHECK(telnet.Shows("are you there?\nare you there?\n"));
  telnet.Type("\x1d");
  REQUIRE(telnet.Shows("telnet> "));
  telnet.Type("quit\n");
  CHECK(telnet.Ended());
  REQUIRE(server.Reaches("closed_peer", 1));
  const Fields books = server.Drain();
  CHECK(books["bytes_out"] == books["bytes_in"]);
  CHECK(books["bytes_in"] < 100);  // the line, and a few commands
}

// As every telnet may send it: interrupt process, and a data mark that is urgent, RFC 854.
TEST_CASE("EchoesInterruptsAndDataMarksInLine") {
  constexpr std::string_view kInterrupt = "\xff\xf4\xff";
  constexpr char kDataMark = '\xf2';
  ServerProcess server({"--greeting", ""});
  Client caller(server.Address());
  std::string said;
  for (int i = 0; i < 2; ++i) {
    REQUIRE(caller.Send(kInterrupt) == kInterrupt.size());
    REQUIRE(caller.SendUrgent(kDataMark));
    said += std::string(kInterrupt) + kDataMark;
  }
  REQUIRE(caller.Send("a line\r\n") == 8);
  said += "a line\r\n";
  CHECK(caller.Receive(said.size()) == said);
  caller.Close();
  REQUIRE(server.Reaches("closed_peer", 1));
  CHECK(server.Drain()["bytes_in"] == static_cast<int64_t>(said.size()));
}

}  // namespace
}  // namespace switchboard::test
