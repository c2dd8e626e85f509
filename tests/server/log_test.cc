// What the server says about itself: --trace on standard output, the log on standard error, and
// that neither ever holds it up.

#include <doctest/doctest.h>
#include <signal.h>

#include <string>
#include <utility>

#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"
#include "tests/support/sink.h"

namespace switchboard::test {
namespace {

void CheckServes(const std::string& address) {
  Client caller(address);
  REQUIRE(caller.Receive(18) == "hello from server\n");
  const std::string message = RandomBytes(1 << 20, 91);
  CHECK(Difference(message, caller.Echo(message)) == "");
}

TEST_CASE("TracesOneLineForEachRead") {
  ServerProcess server({"--trace", "--greeting", ""});
  Client caller(server.Address());
  const size_t before = SplitLines(server.Out()).size();
  REQUIRE(caller.Echo("first words\n") == "first words\n");
  REQUIRE(caller.Echo("more\r\n\t\x01\x80\\") == "more\r\n\t\x01\x80\\");
  REQUIRE(WaitFor([&] { return SplitLines(server.Out()).size() >= before + 2; }));

  const std::vector<std::string> lines = SplitLines(server.Out());
  REQUIRE(lines.size() == before + 2);
  CHECK(lines[before].find(R"(first words\n)") != std::string::npos);
  CHECK(lines[before].find("127.0.0.1:") != std::string::npos);
  CHECK(lines[before + 1].find(R"(more\r\n\t\x01\x80\\)") != std::string::npos);
}

TEST_CASE("PrintsNothingOfWhatCallersSayWithoutTrace") {
  ServerProcess server({"--greeting", ""});
  Client caller(server.Address());
  REQUIRE(caller.Echo("between you and me") == "between you and me");
  CHECK((server.Out() + server.Err()).find("between") == std::string::npos);
}

TEST_CASE("TracesLongAndBinaryReadsInPrintableLines") {
  ServerProcess server({"--trace", "--greeting", "", "--workers", "8"});
  Client caller(server.Address());
  const std::string message = RandomBytes(1 << 20, 92);
  REQUIRE(Difference(message, caller.Echo(message)) == "");
  for (const char c : server.Out()) REQUIRE((c == '\n' || (c >= ' ' && c <= '~')));
  CHECK(server.Out().size() < 4 * message.size());
}

// The kernel does not say any more who it was.
TEST_CASE("SaysWhoHasResetACall") {
  ServerProcess server({"--log-level", "debug", "--trace", "--greeting", ""});
  const std::string source = "127.0.0.3";
  Client known(server.Address(), 0, source + ":0");
  REQUIRE(known.Echo("hello") == "hello");
  server.Signal(SIGSTOP);
  known.Reset();
  Client unheard(server.Address(), 0, source + ":0");
  REQUIRE(unheard.Send("hello") == 5);
  unheard.Reset();
  server.Signal(SIGCONT);
  REQUIRE(WaitFor([&] { return server.Logged("closed").size() == 2; }));
  for (const Fields& closed : server.Logged("closed")) {
    CHECK(closed.Text("reason") == "reset");
    CHECK(closed.Text("peer").starts_with(source + ':'));
  }
  CHECK(server.Out().find("unknown") == std::string::npos);
}

TEST_CASE("LogLevelSaysHowMuch") {
  // Each level writes the lines of its own and of the more urgent ones.
  const std::pair<std::string, std::string> levels[] = {
      {"error", ""}, {"warn", "warn"}, {"info", "info"}, {"debug", "debug"}};
  const std::string all[] = {"warn", "info", "debug"};
  for (const auto& each_level : levels) {
    const std::string level = each_level.first;
    const std::string lowest = each_level.second;
    CAPTURE(level);
    // The backlog gives a warning, the drain tells of itself, and a reset is a matter for debug.
    ServerProcess server({"--log-level", level, "--backlog", "1000000000"});
    const int64_t descriptors = DescriptorCount(server.pid());
    Client caller(server.Address());
    CHECK(caller.Receive(18) == "hello from server\n");
    caller.Reset();
    REQUIRE(WaitFor([&] { return DescriptorCount(server.pid()) == descriptors; }));
    server.Signal(SIGTERM);
    CHECK(server.WaitForExit() == 0);
    bool wanted = lowest != "";
    for (const std::string& each : all) {
      CAPTURE(each);
      CHECK((server.Err().find("level=" + each) != std::string::npos) == wanted);
      if (each == lowest) wanted = false;
    }
  }
}

TEST_CASE("EveryLogLineIsLogfmtWithALevelAndAnEvent") {
  ServerProcess server({"--log-level", "debug"});
  CheckServes(server.Address());
  server.Stats();
  server.Drain();
  for (const std::string& line : SplitLines(server.Err())) {
    CAPTURE(line);
    CHECK(line.starts_with("time="));
    CHECK(Fields::Parse(line).Text("level") != "");
    CHECK(Fields::Parse(line).Text("event") != "");
  }
}

TEST_CASE("GoesOnAndCountsWhenStandardErrorIsBlocked") {
  Sink pipe = Sink::Pipe();
  pipe.Fill();
  Spawn spawn;
  spawn.standard_error = pipe.writer();
  ServerProcess server({}, spawn);
  for (int i = 0; i < 10; ++i) {
    server.Signal(SIGUSR1);
    CheckServes(server.Address());
  }
  // Once somebody reads again, the next line says how many are missing.
  pipe.ReadAll();
  std::string said;
  REQUIRE(WaitFor([&] {
    server.Signal(SIGUSR1);
    said += pipe.ReadAll();
    return !LinesOf(said, "stats").empty();
  }));
  CHECK(LinesOf(said, "stats").back()["log_dropped"] >= 1);
  REQUIRE_FALSE(LinesOf(said, "log_dropped").empty());
  CHECK(LinesOf(said, "log_dropped").front().Text("level") == "warn");
  server.Signal(SIGTERM);
  CHECK(server.WaitForExit() == 0);
}

TEST_CASE("DrainsWhenStandardErrorIsBlocked") {
  Sink pipe = Sink::Pipe();
  pipe.Fill();
  Spawn spawn;
  spawn.standard_error = pipe.writer();
  ServerProcess server({}, spawn);
  CheckServes(server.Address());
  server.Signal(SIGTERM);
  CHECK(server.WaitForExit() == 0);
}

TEST_CASE("GoesOnWhenNobodyIsLeftToReadStandardError") {
  Sink pipe = Sink::Pipe();
  pipe.CloseReader();
  Spawn spawn;
  spawn.standard_error = pipe.writer();
  ServerProcess server({}, spawn);
  server.Signal(SIGUSR1);
  CheckServes(server.Address());
  server.Signal(SIGTERM);
  CHECK(server.WaitForExit() == 0);
}

// Descriptor 2 is then the first that is free: a log line must not end up with a caller.
TEST_CASE("GoesOnWithStandardErrorClosed") {
  Spawn spawn;
  spawn.close_standard_error = true;
  ServerProcess server({"--log-level", "debug"}, spawn);
  Client caller(server.Address());
  REQUIRE(caller.Receive(18) == "hello from server\n");
  for (int i = 0; i < 20; ++i) {
    server.Signal(SIGUSR1);
    REQUIRE(caller.Echo("only this") == "only this");
    CheckServes(server.Address());
  }
  CHECK(caller.Receive(1, milliseconds(200)) == "");
  server.Signal(SIGTERM);
  CHECK(caller.ReceiveUntilEof() == "");
  caller.Close();
  CHECK(server.WaitForExit() == 0);
}

TEST_CASE("GoesOnWhenTheTraceIsBlocked") {
  Sink pipe = Sink::Pipe();
  TempFolder folder;
  const std::string address = "unix:" + folder / "traced";
  Spawn spawn;
  spawn.standard_output = pipe.writer();
  ServerProcess server =
      ServerProcess::WithoutWaiting({"--listen", address, "--trace", "--log-level", "info"}, spawn);
  REQUIRE(WaitFor([&] { return pipe.ReadAll().find(address) != std::string::npos; }));
  pipe.Fill();
  CheckServes(address);
  CHECK(server.Stats()["log_dropped"] >= 1);
  REQUIRE(WaitFor([&] { return server.Stats()["active"] == 0; }));
  server.Drain();
}

}  // namespace
}  // namespace switchboard::test
