// Programs that are started here end with their owner, whatever they have started themselves.

#include "bench/linux/child.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "bench/linux/inspect.h"
#include "bench/linux/process_tree.h"
#include "tests/support/files.h"
#include "tests/support/wait.h"

namespace switchboard {
namespace {

bool Runs(int pid) { return sys::ResidentBytes(pid) > 0; }

}  // namespace

TEST_CASE("AProgramEndsWithTheProcessesItHasStarted") {
  std::optional<sys::Child> child("sh -c 'sleep 1000 & wait'");
  std::vector<int> tree;
  REQUIRE(test::WaitFor([&] { return (tree = sys::ProcessTree(child->pid())).size() == 2; }));
  CHECK(child->Running());
  child.reset();
  CHECK_FALSE(Runs(tree[0]));
  CHECK(test::WaitFor([&] { return !Runs(tree[1]); }));
}

TEST_CASE("WhatAProgramLeavesBehindWhenItEndsIsEnded") {
  const test::TempFolder folder;
  const std::string path = folder / "pid";
  sys::Child child("sh -c 'sleep 1000 & echo $! > " + path + "'");
  CHECK(test::WaitFor([&] { return !child.Running(); }));
  int left_behind = -1;
  std::ifstream(path) >> left_behind;
  CHECK(left_behind > 0);
  CHECK(test::WaitFor([&] { return !Runs(left_behind); }));
}

TEST_CASE("WhatATerminalSendsDoesNotReachAProgram") {
  const sys::Child child("sleep 1000");
  CHECK(::getpgid(child.pid()) == child.pid());
}

TEST_CASE("AFigureIsSummedOverAProgramAndWhatItHasStarted") {
  sys::Child child("sh -c 'sleep 1000 & sleep 1000 & wait'");
  const auto one = [](int) -> int64_t { return 1; };
  CHECK(test::WaitFor([&] { return sys::SumOverTree(child.pid(), one) == 3; }));
  const auto unknown = [](int) -> int64_t { return -1; };
  CHECK(sys::SumOverTree(child.pid(), unknown) == -1);
}

}  // namespace switchboard
