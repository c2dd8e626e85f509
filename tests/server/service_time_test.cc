// --service-time: a service that takes its time, which is nobody else's.

#include <doctest/doctest.h>

#include <deque>
#include <fstream>
#include <string>

#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

using Options = ServerProcess::Options;

TEST_CASE("EveryByteComesBackHoweverLongItTook") {
  const TempFolder folder;
  std::ofstream(folder / "times") << "1ms\n20us\n0us\n";
  for (const std::string& time :
       {std::string("500us"), std::string("exp:500us"), std::string("uniform:1us-1ms"),
        std::string("lognormal:300us:1"), std::string("cpu:100us"), std::string("cpu:exp:50us"),
        "file:" + folder / "times"}) {
    CAPTURE(time);
    ServerProcess server({"--greeting", "", "--service-time", time, "--workers", "2"});
    Client first(server.Address()), second(server.Address());
    for (int i = 0; i < 20; ++i) {
      CHECK(first.Echo("first " + std::to_string(i)) == "first " + std::to_string(i));
      CHECK(second.Echo("second " + std::to_string(i)) == "second " + std::to_string(i));
    }
    first.Close();
    second.Close();
    const Fields books = server.Drain();
    CHECK(books["bytes_out"] == books["bytes_in"]);
  }
}

// Whoever sleeps needs a worker: all of them are used, and whoever has none waits. The end of the
// drain wakes them, which would be an hour later.
TEST_CASE("SleepingTurnsUseAllWorkersAndEndWithTheDrain") {
  ServerProcess server(
      {"--greeting", "", "--service-time", "1h", "--workers", "3", "--drain-timeout", "0.1"});
  std::deque<Client> callers;
  for (int i = 0; i < 5; ++i) {
    callers.emplace_back(server.Address());
    CHECK(callers.back().Send("hello") == 5);
  }
  CHECK(server.Reaches("reads", 5));
  CHECK(WaitFor([&] { return server.Stats()["queued"] == 2; }));
  CHECK(server.Drain()["bytes_in"] == 25);
}

// Of those who wait for the sleeper, whoever has hung up with a reset takes none of its time. What
// the kernel reports comes in its order: when the last caller is read, the resets have been seen.
TEST_CASE("NoTimeIsTakenForACallerWhoHasHungUp") {
  ServerProcess server(
      {"--greeting", "", "--service-time", "1h", "--workers", "1", "--drain-timeout", "0.1"});
  Client first(server.Address());
  CHECK(first.Send("hello") == 5);
  CHECK(server.Reaches("reads", 1));
  std::deque<Client> impatient;
  for (int i = 0; i < 8; ++i) {
    impatient.emplace_back(server.Address());
    CHECK(impatient.back().Send("hello") == 5);
  }
  CHECK(server.Reaches("reads", 9));
  for (Client& caller : impatient) caller.Reset();
  Client last(server.Address());
  CHECK(last.Send("hello") == 5);
  CHECK(server.Reaches("reads", 10));
  const Fields books = server.Drain();
  CHECK(books["skipped"] == 8);
  CHECK(books["closed_reset"] == 8);
  CHECK(books["bytes_in"] == 50);
  CHECK(books["lost"] >= 40);
}

TEST_CASE("AComputingTurnEndsWithTheDrain") {
  ServerProcess server(
      {"--greeting", "", "--service-time", "cpu:1h", "--workers", "1", "--drain-timeout", "0.1"});
  Client caller(server.Address());
  CHECK(caller.Send("hello") == 5);
  CHECK(server.Reaches("reads", 1));
  CHECK(server.Drain()["bytes_in"] == 5);
}

TEST_CASE("AServiceOfItsOwnTimeHoldsUpNobodyElse") {
  ServerProcess server({"--greeting", "", "--listen", "127.0.0.1:0=echo", "--listen",
                        "127.0.0.1:0=discard", "--service-time", "discard=1h", "--workers", "2",
                        "--drain-timeout", "0.1"});
  Client slow(server.Address(1)), quick(server.Address(0));
  CHECK(slow.Send("hello") == 5);
  CHECK(server.Reaches("reads", 1));
  CHECK(quick.Echo("hello") == "hello");
  CHECK(server.Drain()["bytes_out"] == 5);
}

TEST_CASE("AGreetingTakesNoTime") {
  ServerProcess server({"--service-time", "1h", "--drain-timeout", "0.1"});
  Client caller(server.Address());
  CHECK(caller.Receive(18) == "hello from server\n");
  server.Drain();
}

void CheckRefused(const std::string& time, int status, const std::string& words) {
  CAPTURE(time);
  const Finished run = RunToEnd({"--listen", "127.0.0.1:0", "--service-time", time});
  CHECK(run.status == status);
  CHECK(run.out.empty());
  CHECK(run.err.find('\n') + 1 == run.err.size());
  CHECK(run.err.find("--service-time '" + time + "' " + words) != std::string::npos);
}

TEST_CASE("RefusesWhatIsNoTime") {
  for (const char* time : {"", "5", "0ms", "-5ms", "1e3ms", "2h", "exp:", "exp:0s", "cpu:", "cpu:5",
                           "gauss:5ms", "echo=5"}) {
    CheckRefused(time, 2, "is no time from 1us to 1h; write 5ms");
  }
  CheckRefused("uniform:5ms", 2, "has no two times");
  CheckRefused("uniform:9ms-1ms", 2, "ends before it begins");
  CheckRefused("lognormal:5ms", 2, "has no shape");
  CheckRefused("lognormal:5ms:5", 2, "has no shape");
  CheckRefused("lognormal:5ms:nan", 2, "has no shape");
  CheckRefused("file:", 2, "names no file");
  CheckRefused("=5ms", 2, "names no service");
}

std::string Refusal(const std::string& time, int status) {
  const Finished run = RunToEnd({"--listen", "127.0.0.1:0", "--service-time", time});
  CHECK(run.status == status);
  CHECK(run.err.find('\n') + 1 == run.err.size());
  return run.err;
}

TEST_CASE("RefusesAServiceThatIsNotThereAndAFileThatSaysNoTimes") {
  CHECK(Refusal("nobody=5ms", 2).find("nobody=5ms names no service") != std::string::npos);
  const TempFolder folder;
  std::ofstream(folder / "empty").close();
  std::ofstream(folder / "wrong") << "5ms\nfive\n";
  CHECK(Refusal("file:" + folder / "none", 1).find("cannot take times") != std::string::npos);
  CHECK(Refusal("file:" + folder / "empty", 1).find("cannot take times") != std::string::npos);
  CHECK(Refusal("cpu:file:" + folder / "wrong", 1).find("line 2 of") != std::string::npos);
}

}  // namespace
}  // namespace switchboard::test
