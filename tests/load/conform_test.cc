// The conformance card: each check passes on a right server and fails on one that has exactly the
// fault it is there for.

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "bench/load/base/json.h"
#include "bench/load/conform/check.h"
#include "bench/load/target/probe.h"
#include "bench/load/target/started_server.h"
#include "src/linux/clock.h"

namespace switchboard::load {
namespace {

constexpr int64_t kStartMs = 60'000;
constexpr int64_t kPatienceMs = 60'000;  // nothing that works comes near it
constexpr int64_t kShortMs = 2'000;      // for servers that never answer

const Check& Find(std::string_view name) {
  for (const Check& check : Checks()) {
    if (check.name == name) return check;
  }
  throw std::logic_error("no check named " + std::string(name));
}

std::string CommandOf(const std::string& fault) {
  return std::string(FAULTY_ECHO_SERVER) + " " + fault + " {port}";
}

Finding Ask(const std::string& command, std::string_view check, int64_t timeout_ms = kPatienceMs) {
  StartedServer server(command, 0, Deadline(kStartMs));
  Subject subject;
  subject.address = server.address();
  subject.pid = server.pid();
  subject.command = command;
  return RunCheck(Find(check), subject, timeout_ms);
}

// Whether `check` fails on a server with `fault`, and says so in words that hold `seen`.
void ExpectFailure(std::string_view check, const std::string& fault, std::string_view seen,
                   int64_t timeout_ms = kPatienceMs) {
  CAPTURE(check);
  CAPTURE(fault);
  const Finding finding = Ask(CommandOf(fault), check, timeout_ms);
  CAPTURE(finding.seen);
  CHECK(finding.grade == Grade::kFail);
  CHECK(finding.seen.find(seen) != std::string::npos);
}

struct Output {
  int status;
  std::string text;  // of both standard output and standard error
};

// Runs `switchboard-load conform` to its end.
Output Conform(const std::string& arguments) {
  const std::string line = std::string(SWITCHBOARD_LOAD) + " conform " + arguments + " 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Output output{};
  for (int byte; (byte = std::fgetc(pipe)) != EOF;) output.text += static_cast<char>(byte);
  const int status = pclose(pipe);
  output.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

}  // namespace

TEST_CASE("EveryCheckPassesOnSwitchboard") {
  const Output output =
      Conform("--timeout 120 --greeting 'hello from server\\n' --command '" SWITCHBOARD_BINARY
              " --listen 127.0.0.1:{port}'");
  CAPTURE(output.text);
  CHECK(output.status == 0);
  CHECK(output.text.find("17 passed, 0 failed, 0 skipped") != std::string::npos);
}

TEST_CASE("EveryCheckPassesOnARightServer") {
  for (const Check& check : Checks()) {
    // A thread for each of so many callers is more than a machine may give, or a sanitizer bears.
    if (check.name == "callers-10000") continue;
    CAPTURE(check.name);
    const Finding finding = Ask(CommandOf("no-fault"), check.name);
    CAPTURE(finding.seen);
    CHECK(finding.grade == Grade::kPass);
  }
}

TEST_CASE("SmallFailsWhereOneBitIsWrong") {
  ExpectFailure("small", "corrupts", "byte 0 came back as");
}

TEST_CASE("SmallFailsWhereTheServerIsSilentAndEndsInTime") {
  const int64_t begin_ms = sys::NowMs();
  ExpectFailure("small", "silent", "only 0 of 1 bytes came back", kShortMs);
  CHECK(sys::NowMs() - begin_ms < kPatienceMs);
}

TEST_CASE("EveryCheckEndsInTimeOnASilentServer") {
  for (const Check& check : Checks()) {
    if (check.name == "callers-10000") continue;
    CAPTURE(check.name);
    const int64_t begin_ms = sys::NowMs();
    (void)Ask(CommandOf("silent"), check.name, kShortMs / 4);
    CHECK(sys::NowMs() - begin_ms < kPatienceMs);
  }
}

TEST_CASE("LargeFailsWhereEchoStopsHalfway") {
  ExpectFailure("large", "stops-after-500000-bytes", "of 1,048,576 bytes came back", kShortMs);
}

TEST_CASE("BinaryFailsWhereCarriageReturnsAreStripped") {
  ExpectFailure("binary", "strips-carriage-returns", "bytes came back within", kShortMs);
}

TEST_CASE("PipelinedFailsWhereMessagesAreSwapped") {
  ExpectFailure("pipelined", "swaps", "instead of");
}

TEST_CASE("PipelinedFailsWhereBytesComeTwice") {
  ExpectFailure("pipelined", "echoes-byte-2000-twice", "instead of");
}

TEST_CASE("SplitFailsWherePiecesAreHeldBack") {
  ExpectFailure("split", "waits-for-full-blocks", "bytes came back within", kShortMs);
}

TEST_CASE("UrgentFailsWhereTheUrgentByteIsLost") {
  ExpectFailure("urgent", "loses-urgent", "the urgent byte was dropped");
}

TEST_CASE("HalfCloseFailsWhereTheTailIsDropped") {
  ExpectFailure("half-close", "drops-what-comes-before-the-end", "bytes");
}

TEST_CASE("HalfCloseFailsWhereTheServerDoesNotHangUpInTurn") {
  ExpectFailure("half-close", "never-hangs-up", "did not hang up", kShortMs);
}

TEST_CASE("DataWithFinFailsWhereDataThatComesWithTheEndIsDropped") {
  ExpectFailure("data-with-fin", "drops-what-comes-before-the-end", "after 0 of");
}

TEST_CASE("ConnectAndLeaveFailsWhereTheServerDoesNotHangUpInTurn") {
  ExpectFailure("connect-and-leave", "never-hangs-up", "did not hang up", kShortMs);
}

TEST_CASE("ResetStormFailsWhereTheServerDies") {
  ExpectFailure("reset-storm", "dies-on-reset", "the process has ended");
}

TEST_CASE("DescriptorLeakFailsWhereCallsAreNotClosed") {
  ExpectFailure("descriptor-leak", "leaks", "descriptors before 400 calls");
}

TEST_CASE("DescriptorLeakIsSkippedWithoutAProcess") {
  StartedServer server(CommandOf("no-fault"), 0, Deadline(kStartMs));
  Subject subject;
  subject.address = server.address();
  const Finding finding = RunCheck(Find("descriptor-leak"), subject, kPatienceMs);
  CHECK(finding.grade == Grade::kSkip);
  CHECK(finding.seen.find("--pid") != std::string::npos);
}

TEST_CASE("NeverReadsFailsWhereTheServerTakesEverything") {
  ExpectFailure("never-reads", "drops-what-does-not-fit", "took 64.0 MiB");
}

TEST_CASE("NeverReadsFailsWhereMemoryGrows") {
  ExpectFailure("never-reads", "hoards-memory", "grew by");
}

TEST_CASE("NeverReadsFailsWhereOneCallHoldsUpAnother") {
  ExpectFailure("never-reads", "sends-one-at-a-time", "held up");
}

TEST_CASE("FirehoseFailsWhereABusyCallStarvesTheOthers") {
  ExpectFailure("firehose", "starves", "got no reply within");
}

TEST_CASE("ManyCallersFailWhereTheServerTurnsThemAway") {
  ExpectFailure("callers-1000", "refuses-the-501st", "500 echoed; then");
}

TEST_CASE("ManyCallersFailWhereOneIsServedAfterAnother") {
  ExpectFailure("callers-1000", "iterative", "1 echoed; then", 2 * kShortMs);
}

TEST_CASE("DescriptorsOutRecoversFailsWhereTheServerDies") {
  ExpectFailure("descriptors-out-recovers", "dies-without-descriptors",
                "afterwards a new caller got no echo");
}

TEST_CASE("DescriptorsOutRecoversFailsWhereTheServerGoesDeaf") {
  ExpectFailure("descriptors-out-recovers", "deaf-after-descriptors-ran-out",
                "afterwards a new caller got no echo", 3 * kShortMs);
}

TEST_CASE("DescriptorsOutIdlesFailsWhereTheServerSpins") {
  ExpectFailure("descriptors-out-idles", "spins-without-descriptors", "was busy");
}

TEST_CASE("WhatCannotRunOutOfDescriptorsIsNotAsked") {
  for (const std::string_view check : {"descriptors-out-recovers", "descriptors-out-idles"}) {
    CAPTURE(check);
    const Finding finding = Ask(CommandOf("forks-and-no-fault"), check);
    CAPTURE(finding.seen);
    CHECK(finding.grade == Grade::kSkip);
    CHECK(finding.seen.find("descriptors did not run out") != std::string::npos);
  }
}

TEST_CASE("TheMemoryOfAllItsProcessesCounts") {
  ExpectFailure("never-reads", "forks-and-hoards-memory", "grew by");
}

TEST_CASE("AGreetingIsHeardAndExpectedOfEveryCall") {
  const std::string command = CommandOf("greets");
  StartedServer server(command, 0, Deadline(kStartMs));
  Subject subject;
  subject.address = server.address();
  CHECK(RunCheck(Find("small"), subject, kPatienceMs).grade == Grade::kFail);

  subject.greeting = HearGreeting(server.address());
  CHECK(subject.greeting == "hello\n");
  for (const std::string_view check : {"small", "half-close", "connect-and-leave", "urgent"}) {
    CAPTURE(check);
    const Finding finding = RunCheck(Find(check), subject, kPatienceMs);
    CAPTURE(finding.seen);
    CHECK(finding.grade == Grade::kPass);
  }

  subject.greeting = "hullo\n";
  const Finding finding = RunCheck(Find("small"), subject, kPatienceMs);
  CHECK(finding.seen.find("byte 1 of the greeting came back as 0x65 instead of 0x75") !=
        std::string::npos);
}

TEST_CASE("TheCardSaysPassFailAndSkipAndSoDoesItsJson") {
  StartedServer server(CommandOf("loses-urgent"), 0, Deadline(kStartMs));
  const std::string target = server.address().ToString();
  const std::string file = "conform_test." + std::to_string(server.pid()) + ".json";

  const Output output = Conform(
      "--only small --only urgent --only descriptor-leak --seed 5 --json " + file + " " + target);
  CAPTURE(output.text);
  CHECK(output.status == 1);
  CHECK(output.text.find("PASS  small ") != std::string::npos);
  CHECK(output.text.find("FAIL  urgent ") != std::string::npos);
  CHECK(output.text.find("SKIP  descriptor-leak ") != std::string::npos);
  CHECK(output.text.find("1 passed, 1 failed, 1 skipped (--seed 5)") != std::string::npos);

  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  std::remove(file.c_str());
  const Json json = Json::Parse(text.str());
  CHECK(json["schema"].AsString() == "switchboard-conform/1");
  CHECK(json["target"].AsString() == target);
  CHECK(json["seed"].AsUnsigned() == 5);
  CHECK(json["passed"].AsUnsigned() == 1);
  CHECK(json["failed"].AsUnsigned() == 1);
  CHECK(json["skipped"].AsUnsigned() == 1);
  REQUIRE(json["checks"].AsArray().size() == 3);
  const Json& urgent = json["checks"].AsArray()[1];
  CHECK(urgent["name"].AsString() == "urgent");
  CHECK(urgent["result"].AsString() == "FAIL");
  CHECK(urgent["seen"].AsString().find("dropped") != std::string::npos);
}

TEST_CASE("TheExitStatusIsZeroOnlyIfSomethingRanAndAllOfItPassed") {
  StartedServer server(CommandOf("no-fault"), 0, Deadline(kStartMs));
  const std::string target = " " + server.address().ToString();
  CHECK(Conform("--only small" + target).status == 0);
  CHECK(Conform("--only small --only descriptor-leak" + target).status == 0);
  CHECK(Conform("--only descriptor-leak" + target).status == 1);
  CHECK(Conform("--only descriptor-leak --pid " + std::to_string(server.pid()) + target).status ==
        0);
}

TEST_CASE("WrongUseIsNamedAndIsStatusTwo") {
  const auto expect = [](const std::string& arguments, std::string_view named) {
    CAPTURE(arguments);
    const Output output = Conform(arguments);
    CAPTURE(output.text);
    CHECK(output.status == 2);
    CHECK(output.text.find(named) != std::string::npos);
  };
  expect("", "HOST:PORT");
  expect("127.0.0.1", "127.0.0.1");
  expect("127.0.0.1:1 127.0.0.1:2", "one HOST:PORT");
  expect("--frob 127.0.0.1:1", "--frob");
  expect("--only", "--only");
  expect("--only nonsense 127.0.0.1:1", "nonsense");
  expect("--timeout 0 127.0.0.1:1", "--timeout");
  expect("--pid 10x 127.0.0.1:1", "--pid");
  expect("--pid 4194304 127.0.0.1:1", "--pid");
  expect("--seed -1 127.0.0.1:1", "--seed");
  expect("--greeting '\\q' 127.0.0.1:1", "--greeting");
  expect("--command server", "{port}");
  expect("--only small --skip small 127.0.0.1:1", "leave no question");
  expect("--command '' 127.0.0.1:1", "--command cannot be ''; ");
  expect("--list nonsense", "leave out 'nonsense'");
  expect("--list --only small", "leave out --only");
}

TEST_CASE("ServersThatAreNotThereAreStatusOne") {
  const Output refused = Conform("127.0.0.1:1");
  CHECK(refused.status == 1);
  CHECK(refused.text.find("nothing answers at '127.0.0.1:1'") != std::string::npos);
  const Output missing = Conform("--only small --command '/nonexistent/server {port}'");
  CHECK(missing.status == 1);
  CHECK(missing.text.find("ended before it listened") != std::string::npos);
}

}  // namespace switchboard::load
