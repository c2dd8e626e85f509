// bench/staff_validate.py, which scripts/staff-validate calls: what is wrong with its arguments, it
// says in a sentence, before anything is measured.

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::load {
namespace {

using Words = std::vector<std::string>;

test::Finished Validate(Words words) {
  test::Spawn spawn;
  spawn.program = "python3";
  words.insert(words.begin(),
               {STAFF_VALIDATE, "--load", SWITCHBOARD_LOAD, "--server", SWITCHBOARD_BINARY});
  auto run = test::ServerProcess::WithoutWaiting(words, spawn);
  const int status = run.WaitForExit().value_or(-1);
  return {status, run.Out(), run.Err()};
}

TEST_CASE("WhatIsWrongIsOneSentence") {
  const test::TempFolder folder;
  const std::string none = folder / "none", wrong = folder / "wrong", file = folder / "costs.json";
  std::ofstream(wrong) << "{}";
  struct Case {
    Words words;
    std::string named;
  };
  for (const Case& each :
       {Case{{}, "file"}, Case{{"--rounds", "0", file}, "--rounds cannot be '0'"},
        Case{{"--rounds", "two", file}, "'two'"},
        Case{{"--duration", "0", file}, "--duration cannot be '0'"},
        Case{{"--duration", "nan", file}, "--duration cannot be 'nan'"},
        Case{{"--frobnicate", file}, "--frobnicate"}, Case{{"--keep-costs", none}, none},
        Case{{"--keep-costs", wrong}, wrong},
        Case{{folder / "no/such/folder"}, "no/such/folder"}}) {
    CAPTURE(each.named);
    const test::Finished run = Validate(each.words);
    CAPTURE(run.err);
    CHECK(run.status > 0);
    CHECK(run.out == "");
    CHECK(test::SplitLines(run.err).size() == 1);
    CHECK(run.err.find(each.named) != std::string::npos);
  }
}

// Of one configuration, measured in so many rounds with that p99 each.
std::string Table(const std::string& p99s) {
  const std::string path = STAFF_VALIDATE;
  test::Spawn spawn;
  spawn.program = "python3";
  const test::Finished run = test::RunToEnd(
      {"-c",
       "import sys; sys.path.insert(0, sys.argv[1]); import staff_validate as s\n"
       "plan = {'host': {'service_us': 0}, 'messages_per_second': 100, 'latency_us': {'p99': 50}}\n"
       "each = (1, 1, 64, None, None)\n"
       "s.print_table([(each, s.compare(each, [(100, p99) for p99 in " +
           p99s + "], [plan]))])",
       path.substr(0, path.rfind('/'))},
      spawn);
  CAPTURE(run.err);
  CHECK(run.status == 0);
  return run.out;
}

// A row of it, instead of an end of all that was measured.
TEST_CASE("TooFewMessagesForAP99AreARowThatMissed") {
  const std::string known = Table("[50, 50]"), unknown = Table("[50, s.UNKNOWN_US]");
  CHECK(known.find("| 100 | 100 | +0% | 50 | 50 | +0% |") != known.npos);
  CHECK(known.find("1 of 1 within") != known.npos);
  CHECK(unknown.find("| 100 | 100 | +0% | too few messages | 50 | missed |") != unknown.npos);
  CHECK(unknown.find("0 of 1 within") != unknown.npos);
  CHECK(unknown.find("a longer --duration has more") != unknown.npos);
}

}  // namespace
}  // namespace switchboard::load
