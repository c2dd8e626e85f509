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

}  // namespace
}  // namespace switchboard::load
