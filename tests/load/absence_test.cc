// A generator that the machine does not let run says so, whatever keeps it: a signal, other
// programs on its CPU, a quota.

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/linux/child.h"
#include "bench/load/measure/verdict.h"
#include "tests/load/support.h"
#include "tests/support/server_process.h"
#include "tests/support/wait.h"

namespace switchboard::load {
namespace {

using std::chrono::milliseconds;
using Words = std::vector<std::string>;

// What a generator says in the end that is stopped `times` times for `stopped`, and left alone for
// `running` after each.
std::string StoppedGenerator(const Words& load, Answer answer, int times, milliseconds stopped,
                             milliseconds running, milliseconds delay = milliseconds(0)) {
  std::atomic<bool> called{false};
  const auto answer_and_tell = [&](TestCaller& caller, std::string_view data) {
    called = true;
    answer(caller, data);
  };
  TestServer server(answer_and_tell, "", "127.0.0.1:0", delay);
  test::Spawn spawn;
  spawn.program = SWITCHBOARD_LOAD;
  Words words{"-d", "3", "--warmup", "0", "--greeting", "none"};
  words.insert(words.end(), load.begin(), load.end());
  words.push_back(server.target());
  auto program = test::ServerProcess::WithoutWaiting(words, spawn);
  REQUIRE(test::WaitFor([&] { return called.load(); }));
  std::this_thread::sleep_for(milliseconds(200));
  for (int i = 0; i < times; ++i) {
    program.Signal(SIGSTOP);
    std::this_thread::sleep_for(stopped);
    program.Signal(SIGCONT);
    std::this_thread::sleep_for(running);
  }
  CHECK(program.WaitForExit() == 0);
  return program.Out();
}

TEST_CASE("AClosedLoopThatWasStoppedForASecondIsNotBelieved") {
  const std::string said =
      StoppedGenerator({"-c", "50"}, Echo, 1, milliseconds(1000), milliseconds(0), milliseconds(5));
  CHECK(said.starts_with(kGeneratorBound));
}

TEST_CASE("AClosedLoopThatWasStoppedAgainAndAgainIsNotBelieved") {
  const std::string said =
      StoppedGenerator({"-c", "50"}, Echo, 20, milliseconds(50), milliseconds(50), milliseconds(5));
  CHECK(said.starts_with(kGeneratorBound));
}

TEST_CASE("AnOpenLoopThatWasStoppedAgainAndAgainIsNotBelieved") {
  const std::string said =
      StoppedGenerator({"-c", "10", "-r", "2000"}, Echo, 20, milliseconds(50), milliseconds(50));
  CHECK(said.starts_with(kGeneratorBound));
}

// The slow replies hide in the 99th percentile what the stops do to all others.
TEST_CASE("ShortStopsBesideSlowRepliesAreNotBelieved") {
  int messages = 0;
  const auto answer = [&](TestCaller& caller, std::string_view data) {
    if (++messages % 100 == 0) std::this_thread::sleep_for(milliseconds(5));
    caller.Send(data);
  };
  const std::string said =
      StoppedGenerator({"-c", "8", "-r", "400"}, answer, 80, milliseconds(10), milliseconds(20));
  CHECK(said.starts_with(kGeneratorBound));
}

std::string GeneratorBy(const Words& wrapper, milliseconds delay) {
  TestServer server(Echo, "", "127.0.0.1:0", delay);
  test::Spawn spawn;
  spawn.program = SWITCHBOARD_LOAD;
  spawn.wrapper = wrapper;
  const test::Finished run = test::RunToEnd(
      {"-c", "50", "-d", "2", "--warmup", "0", "--greeting", "none", server.target()}, spawn);
  CHECK(run.err.empty());
  return run.out;
}

// Its callers never rest: one that needs less than its fair share of the CPU would hardly wait.
TEST_CASE("AGeneratorThatSharesItsCpuWithBusyProgramsIsNotBelieved") {
  const std::string cpu = std::to_string(::sched_getcpu());
  std::vector<sys::Child> busy;
  for (int i = 0; i < 4; ++i) {
    busy.emplace_back("taskset -c " + cpu + " sh -c 'while :; do :; done'");
  }
  const std::string said = GeneratorBy({"taskset", "-c", cpu}, milliseconds(0));
  CAPTURE(said);
  CHECK(said.starts_with(kGeneratorBound));
}

// A control group that may use a tenth of a CPU; empty where this process may make none.
class Quota {
 public:
  Quota() {
    namespace fs = std::filesystem;
    for (const fs::path mount : {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup"}) {
      const fs::path folder = mount / ("switchboard-test-" + std::to_string(::getpid()));
      std::error_code error;
      if (!fs::create_directory(folder, error)) continue;
      if (Write(folder / "cpu.cfs_quota_us", "10000") ||
          Write(folder / "cpu.max", "10000 100000")) {
        folder_ = folder;
        return;
      }
      fs::remove(folder, error);
    }
  }
  ~Quota() {
    std::error_code error;
    if (!folder_.empty()) std::filesystem::remove(folder_, error);
  }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  static bool Write(const std::filesystem::path& path, const char* text) {
    if (!std::filesystem::exists(path)) return false;
    std::ofstream file(path);
    return bool(file << text << std::flush);
  }

  std::filesystem::path folder_;
};

TEST_CASE("AThrottledGeneratorIsNotBelieved") {
  const Quota quota;
  if (quota.folder().empty()) {
    MESSAGE("skipped: no control group with a quota can be made here");
    return;
  }
  const std::string enter =
      "echo $$ > " + (quota.folder() / "cgroup.procs").string() + "; exec \"$0\" \"$@\"";
  const std::string said = GeneratorBy({"sh", "-c", enter}, milliseconds(0));
  CAPTURE(said);
  CHECK(said.starts_with(kGeneratorBound));
}

}  // namespace
}  // namespace switchboard::load
