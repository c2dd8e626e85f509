// switchboard-load as a user runs it: its exit status, what it shows while it runs, and Ctrl-C.

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "tests/load/support.h"
#include "tests/support/server_process.h"
#include "tests/support/terminal.h"
#include "tests/support/wait.h"

namespace switchboard::load {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kCtrlC = "\x03";

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

test::Spawn ThisProgram() {
  test::Spawn spawn;
  spawn.program = SWITCHBOARD_LOAD;
  return spawn;
}

test::Finished Run(const Words& words) { return test::RunToEnd(words, ThisProgram()); }

TEST_CASE("AMeasuredRunIsExitStatus0AndShowsNoProgressWithoutATerminal") {
  TestServer server(Echo);
  const test::Finished run = Run({"-d", "2.5", "--warmup", "0", server.target()});
  CHECK(run.status == 0);
  CHECK(Has(run.out, "latency"));
  CHECK(run.err.empty());
}

TEST_CASE("AWrongEchoIsExitStatus3WithoutAFigure") {
  TestServer server([](TestCaller& caller, std::string_view data) {
    caller.Send(std::string(data.size(), 'x'));
  });
  const test::Finished run = Run({"-d", "1", "--warmup", "0", server.target()});
  CHECK(run.status == 3);
  CHECK(Has(run.out, "VERIFICATION-FAILED"));
  CHECK_FALSE(Has(run.out, "latency"));
}

TEST_CASE("WrongUseIsExitStatus2AndHelpIsNone") {
  const test::Finished wrong = Run({"-xyz", "127.0.0.1:8000"});
  CHECK(wrong.status == 2);
  CHECK(Has(wrong.err, "'-x'"));
  for (const Words& words : {Words{"127.0.0.1:8000", "--help"}, Words{"-h"}}) {
    const test::Finished help = Run(words);
    CHECK(help.status == 0);
    CHECK(Has(help.out, "usage: switchboard-load"));
    CHECK(Has(help.out, "--slo"));
  }
}

TEST_CASE("OneTargetIsCalledForAndOnlyOne") {
  CHECK(Has(Run({}).err, "HOST:PORT"));
  CHECK(Run({"1.2.3.4:5", "1.2.3.4:6"}).status == 2);
  CHECK(Has(Run({"1.2.3.4:5", "1.2.3.4:6"}).err, "one target"));
}

TEST_CASE("ARunMayBeCalledByItsName") {
  TestServer server(Echo);
  const test::Finished run = Run({"run", "-d", "600ms", "--warmup", "0", server.target()});
  CHECK(run.status == 0);
  CHECK(Has(run.out, "verified"));
}

TEST_CASE("AWordThatIsNoCommandIsNamedWithThoseThatAre") {
  for (const Words& words : {Words{"confrom", "127.0.0.1:8000"}, Words{"localhost"}}) {
    const test::Finished run = Run(words);
    CHECK(run.status == 2);
    CHECK(run.err == "switchboard-load: '" + words.front() +
                         "' is neither a command (run, compare, conform, merge, staff, report, "
                         "manual, completion) nor HOST:PORT\n");
  }
}

TEST_CASE("WhatTakesNoWordsRefusesThem") {
  for (const char* name : {"manual", "completion"}) {
    const test::Finished run = Run({name, "nonsense"});
    CHECK(run.status == 2);
    CHECK(Has(run.err, std::string("'") + name + "' takes no words; leave out 'nonsense'"));
  }
}

TEST_CASE("BashUnderstandsTheCompletionScript") {
  const std::string script = Run({"completion"}).out;
  CHECK(Has(script, "complete "));
  test::Spawn bash;
  bash.program = "/bin/bash";
  const std::string ask =
      script +
      "COMP_WORDS=(switchboard-load compare --rou) COMP_CWORD=2; _switchboard_load; echo "
      "${COMPREPLY[@]}; COMP_WORDS=(switchboard-load con) COMP_CWORD=1; _switchboard_load; echo "
      "${COMPREPLY[@]}";
  CHECK(test::RunToEnd({"-c", ask}, bash).out == "--rounds\nconform\n");
}

TEST_CASE("ATargetThatIsNotThereIsExitStatus1") {
  std::string target;
  {
    TestServer server(Echo);
    target = server.target();
  }
  const test::Finished run = Run({"-d", "1", target});
  CHECK(run.status == 1);
  CHECK(Has(run.err, target));
  CHECK(run.out.empty());
}

TEST_CASE("AConditionIsExitStatus4AndAWrongOneRefusedBeforeTheRun") {
  TestServer server(Echo);
  const test::Finished run =
      Run({"-d", "0.6", "--warmup", "0", "--fail-if", "max>1ns", server.target()});
  CHECK(run.status == 4);
  CHECK(Has(run.err, "--fail-if max>1ns: it is "));
  CHECK(Has(run.out, "latency"));
  const test::Finished wrong = Run({"--fail-if", "p98>1ms", "127.0.0.1:1"});
  CHECK(wrong.status == 2);
  CHECK(Has(wrong.err, "no figure 'p98'"));
}

TEST_CASE("AnythingButValidIsExitStatus5IfOnlyValidWillDo") {
  TestServer server(Echo);
  const Words words{"-n", "50", "--warmup", "0", "--greeting", "none", server.target()};
  const test::Finished lax = Run(words);
  CHECK(lax.status == 0);
  CHECK(Has(lax.out, "TOO-SHORT"));
  Words strict = words;
  strict.insert(strict.begin(), "--strict");
  CHECK(Run(strict).status == 5);
}

TEST_CASE("ATargetThatNeverEchoesIsExitStatus1") {
  TestServer server([](TestCaller&, std::string_view) {});
  const test::Finished run = Run({"-d", "0.6", "--warmup", "0", server.target()});
  CHECK(run.status == 1);
  CHECK(Has(run.out, "TARGET-NOT-REACHED"));
}

TEST_CASE("AnInterruptedRunIsExitStatus0") {
  std::atomic<bool> called{false};
  TestServer server([&](TestCaller& caller, std::string_view data) {
    called = true;
    Echo(caller, data);
  });
  auto program = test::ServerProcess::WithoutWaiting(
      {"-d", "600", "--warmup", "0", server.target()}, ThisProgram());
  REQUIRE(test::WaitFor([&] { return called.load(); }));
  program.Signal(SIGINT);
  CHECK(program.WaitForExit() == 0);
  CHECK(Has(program.Out(), "verified"));
}

TEST_CASE("ATerminalHasAProgressLineAndCtrlCEndsTheRunWithItsReport") {
  TestServer server(Echo);
  test::Terminal terminal({SWITCHBOARD_LOAD, "-d", "600", "--warmup", "0", server.target()});
  REQUIRE(terminal.Shows(" s left, "));
  CHECK_FALSE(Has(terminal.screen(), "verified"));
  terminal.Type(kCtrlC);
  REQUIRE(terminal.Ended());
  CHECK(Has(terminal.screen(), "latency"));
  CHECK(Has(terminal.screen(), "verified"));
}

TEST_CASE("QuietHasNoProgressLineOnATerminalEither") {
  TestServer server(Echo);
  test::Terminal terminal(
      {SWITCHBOARD_LOAD, "-d", "2.5", "--warmup", "0", "--quiet", server.target()});
  REQUIRE(terminal.Ended());
  CHECK(Has(terminal.screen(), "latency"));
  CHECK_FALSE(Has(terminal.screen(), " s left"));
}

TEST_CASE("ASearchShowsItsStepsOnATerminalAndCtrlCReportsThem") {
  TestServer server(Echo);
  test::Terminal terminal({SWITCHBOARD_LOAD, "--slo", "p50=1s", "-d", "0.6", "--warmup", "0",
                           "--greeting", "none", server.target()});
  REQUIRE(terminal.Shows("1,000/s: "));
  terminal.Type(kCtrlC);
  REQUIRE(terminal.Ended());
  CHECK(Has(terminal.screen(), "objective  p50 at most 1.00 s: "));
  CHECK(Has(terminal.screen(), "step       1,000/s: "));
}

}  // namespace
}  // namespace switchboard::load
