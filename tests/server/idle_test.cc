// While no caller speaks and no deadline is due, the server does nothing at all.

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"
#include "tests/support/strace.h"

namespace switchboard::test {
namespace {

constexpr int kCallers = 1000;

// Whether strace watches; false where that is not permitted. Attaching interrupts the calls that
// the threads are waiting in, so this waits until they have settled again.
bool Settles(Strace& watch) {
  size_t seen = 0;
  int unchanged = 0;
  const Deadline deadline(seconds(20));
  if (!watch.Attached()) return false;
  while (!deadline.Passed() && unchanged < 5) {
    std::this_thread::sleep_for(milliseconds(100));
    const size_t now = watch.Size();
    unchanged = now > 0 && now == seen ? unchanged + 1 : 0;
    seen = now;
  }
  return unchanged >= 5;
}

struct IdleServer {
  explicit IdleServer(const ServerProcess::Options& options = {}, const Spawn& spawn = {})
      : server(options, spawn) {
    for (int i = 0; i < kCallers; ++i) {
      callers.push_back(std::make_unique<Client>(server.Address()));
    }
    for (auto& caller : callers) {
      REQUIRE(caller->Receive(18) == "hello from server\n");
      REQUIRE(caller->Echo("once") == "once");
    }
  }

  ServerProcess server;
  std::vector<std::unique_ptr<Client>> callers;
};

// The thread sanitizer has a thread of its own that wakes up every now and then.
bool CanJudgeIdleness() {
  if (kThreadSanitizer) MESSAGE("left out: the thread sanitizer is never idle");
  return !kThreadSanitizer;
}

void CheckMakesNoSystemCall(const ServerProcess::Options& options, const Spawn& spawn = {}) {
  if (!CanJudgeIdleness()) return;
  IdleServer idle(options, spawn);
  Strace watch(idle.server.pid());
  if (!Settles(watch)) {
    MESSAGE("left out: this machine does not permit strace");
    return;
  }
  const size_t before = watch.Size();
  std::this_thread::sleep_for(seconds(2));
  CHECK(watch.Size() == before);

  // The watch itself works.
  CHECK(idle.callers[0]->Echo("hello?") == "hello?");
  CHECK(WaitFor([&] { return watch.Size() > before; }));
}

TEST_CASE("MakesNoSystemCallWith1000IdleCallers") { CheckMakesNoSystemCall({}); }

TEST_CASE("MakesNoSystemCallWhileDeadlinesAreFarAway") {
  CheckMakesNoSystemCall({"--idle-timeout", "600", "--workers", "8"});
}

TEST_CASE("MakesNoSystemCallWithAStatusPort") {
  CheckMakesNoSystemCall({"--listen", "127.0.0.1:0", "--status", "127.0.0.1:0"});
}

// The watchdog is for another process.
TEST_CASE("MakesNoSystemCallForAServiceManagerWithoutAWatchdog") {
  Spawn managed;
  managed.wrapper = {"env", "NOTIFY_SOCKET=@nobody", "WATCHDOG_USEC=200000", "WATCHDOG_PID=1"};
  CheckMakesNoSystemCall({"--status", "127.0.0.1:0"}, managed);
}

TEST_CASE("NeverWakesWith1000IdleCallers") {
  if (!CanJudgeIdleness()) return;
  IdleServer idle;
  // The threads go to sleep some time after the last echo.
  int64_t before = ContextSwitches(idle.server.pid());
  REQUIRE(WaitFor([&] {
    std::this_thread::sleep_for(milliseconds(200));
    const int64_t last = before;
    before = ContextSwitches(idle.server.pid());
    return last == before;
  }));
  const int64_t cpu_ms = CpuMs(idle.server.pid());
  std::this_thread::sleep_for(seconds(2));
  CHECK(ContextSwitches(idle.server.pid()) == before);
  CHECK(CpuMs(idle.server.pid()) == cpu_ms);
  CHECK(idle.callers[0]->Echo("hello?") == "hello?");
  CHECK(ContextSwitches(idle.server.pid()) > before);
}

}  // namespace
}  // namespace switchboard::test
