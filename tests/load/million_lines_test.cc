// A hundred thousand lines to one number, of more than one process holds; a million by hand.

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/server_process.h"
#include "tests/support/wait.h"

namespace switchboard::load {
namespace {

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

test::Finished RunScript(const std::string& arguments) {
  test::Spawn spawn;
  spawn.program = "/bin/sh";
  auto run = test::ServerProcess::WithoutWaiting(
      {"-c", "exec python3 '" MILLION_LINES "' --server '" SWITCHBOARD_BINARY
             "' --load '" SWITCHBOARD_LOAD "' " +
                 arguments},
      spawn);
  const int status = run.WaitForExit(6 * test::kPatience).value_or(-1);
  return {status, run.Out(), run.Err()};
}

TEST_CASE("AHundredThousandLinesAreHeldAndAllEcho") {
  rlimit descriptors{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &descriptors) == 0);
  if (descriptors.rlim_max < 4096) {
    MESSAGE("skipped: a process may have too few descriptors here");
    return;
  }
  const test::Finished done = RunScript("--lines 100000 --hold 5");
  INFO(done.out, done.err);
  CHECK(done.status == 0);
  CHECK(Has(done.out, "| lines held, at the least, over "));
  CHECK(Has(done.out, " s | 100,000 |"));
  CHECK(Has(done.out, "; none |"));
}

TEST_CASE("WhatIsInTheWayIsSaidBeforeItStarts") {
  const test::Finished done = RunScript("--lines 2000000000");
  INFO(done.out, done.err);
  CHECK(done.status == 1);
  CHECK(Has(done.out, "2,000,000,000 lines\n"));
  CHECK(Has(done.err, "million-lines: 2,000,000,000 lines take 4,000,000,000 descriptors"));
  CHECK(Has(done.err, "give fewer --lines"));
}

}  // namespace
}  // namespace switchboard::load
