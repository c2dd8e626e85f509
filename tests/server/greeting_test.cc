// --greeting: what echo says to each new caller.

#include <doctest/doctest.h>

#include <string>

#include "tests/support/client.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

// Checks that `greeting` on the command line makes the server say `expected`, and counts it apart
// from what it echoes.
void CheckGreets(const ServerProcess::Options& options, const std::string& expected) {
  ServerProcess server(options);
  for (int i = 0; i < 3; ++i) {
    Client caller(server.Address());
    CHECK(caller.Receive(expected.size()) == expected);
    CHECK(caller.Echo("thanks") == "thanks");
    caller.ShutdownWrite();
    CHECK(caller.ReceiveUntilEof() == "");
  }
  REQUIRE(server.Reaches("closed_peer", 3));
  const Fields books = server.Drain();
  CHECK(books["unsolicited"] == static_cast<int64_t>(3 * expected.size()));
  CHECK(books["bytes_out"] == 18);
}

TEST_CASE("GreetsEachCaller") { CheckGreets({}, "hello from server\n"); }

TEST_CASE("GreetsWithTheTextGiven") { CheckGreets({"--greeting", "Welcome."}, "Welcome."); }

TEST_CASE("SaysNothingWithoutAGreeting") {
  CheckGreets({"--greeting="}, "");
  CheckGreets({"--greeting", "none"}, "");
}

TEST_CASE("SaysTheWordForNoneIfItIsEscaped") { CheckGreets({"--greeting", R"(\x6eone)"}, "none"); }

TEST_CASE("UnderstandsEscapesInTheGreeting") {
  using namespace std::string_literals;
  CheckGreets({"--greeting", R"(a\nb\rc\td\\e\x41\xff\x00f\x7Eg)"}, "a\nb\rc\td\\eA\xff\0f~g"s);
}

TEST_CASE("GreetsBeforeTheCallerSpeaks") {
  ServerProcess server;
  Client caller(server.Address());
  REQUIRE(caller.Send("me first") == 8);
  CHECK(caller.Receive(26) == "hello from server\nme first");
}

TEST_CASE("GreetsACallerWhoHasAlreadyHungUp") {
  ServerProcess server;
  Client caller(server.Address());
  caller.ShutdownWrite();
  CHECK(caller.ReceiveUntilEof() == "hello from server\n");
  CHECK(caller.end() == End::kEof);
}

}  // namespace
}  // namespace switchboard::test
