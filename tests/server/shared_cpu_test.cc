// The reactor and the worker of short jobs share a CPU where they may, and ask nobody twice.

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/server_process.h"
#include "tests/support/strace.h"
#include "tests/support/wait.h"

namespace switchboard::test {
namespace {

// Of each thread of `pid`.
std::vector<cpu_set_t> MasksOf(pid_t pid) {
  std::vector<cpu_set_t> masks;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    cpu_set_t mask;
    CPU_ZERO(&mask);
    const pid_t thread = std::stoi(task.path().filename().string());
    REQUIRE(::sched_getaffinity(thread, sizeof(mask), &mask) == 0);
    masks.push_back(mask);
  }
  return masks;
}

void SetMaskOfAll(pid_t pid, const cpu_set_t& mask) {
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    const pid_t thread = std::stoi(task.path().filename().string());
    REQUIRE(::sched_setaffinity(thread, sizeof(mask), &mask) == 0);
  }
}

// The CPU that some of its threads are held to; -1 if there is none.
int HeldTo(pid_t pid) {
  for (const cpu_set_t& mask : MasksOf(pid)) {
    if (CPU_COUNT(&mask) != 1) continue;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &mask)) return cpu;
    }
  }
  return -1;
}

// Of those that this process may run on.
int FirstCpu() {
  cpu_set_t mask;
  REQUIRE(::sched_getaffinity(0, sizeof(mask), &mask) == 0);
  int cpu = 0;
  while (!CPU_ISSET(cpu, &mask)) ++cpu;
  return cpu;
}

bool IsLeftOut() {
  cpu_set_t mask;
  if (::sched_getaffinity(0, sizeof(mask), &mask) == 0 && CPU_COUNT(&mask) > 1) return false;
  MESSAGE("left out: there is one CPU only");
  return true;
}

// Echoes until `predicate` holds.
template <typename Predicate>
bool EchoUntil(Client& caller, Predicate predicate) {
  return WaitFor([&] { return caller.Echo("short") == "short" && predicate(); });
}

TEST_CASE("ARefusalIsNoticedOnce") {
  if (IsLeftOut()) return;
  Spawn spawn;
  spawn.wrapper = Refusing(SYS_sched_setaffinity, EPERM);
  ServerProcess server({"--greeting=", "--log-level=debug"}, spawn);
  Client caller(server.Address());
  CHECK(EchoUntil(caller, [&] { return !server.Logged("shared_cpu_refused").empty(); }));
  const Deadline several_periods(milliseconds(500));
  CHECK(EchoUntil(caller, [&] { return several_periods.Passed(); }));
  CHECK(server.Logged("shared_cpu_refused").size() == 1);
  caller.Close();
  server.Drain();
}

// How often the server has asked for or set CPUs while somebody talked for a while, and for how
// long it was watched; a count below 0 if that is not permitted.
struct Asked {
  int64_t calls = -1, watched_ms = 0;
};

Asked AskedWhileSomebodyTalks(const ServerProcess::Options& options, const Spawn& spawn = {}) {
  ServerProcess server(options, spawn);
  Client caller(server.Address());
  const Clock::time_point began = Clock::now();
  Strace watch(server.pid(), {"--trace=sched_getaffinity,sched_setaffinity"});
  if (!watch.Attached()) {
    MESSAGE("left out: this machine does not permit strace");
    return {};
  }
  const Deadline several_periods(milliseconds(1000));
  CHECK(EchoUntil(caller, [&] { return several_periods.Passed(); }));
  const std::vector<std::string> lines = SplitLines(watch.Detach());
  const milliseconds watched = std::chrono::ceil<milliseconds>(Clock::now() - began);
  caller.Close();
  server.Drain();
  return {std::ranges::count_if(
              lines, [](const auto& line) { return line.find("affinity(") != std::string::npos; }),
          watched.count()};
}

TEST_CASE("NobodyIsAskedForCpusWhileJobsTakeLong") {
  CHECK(AskedWhileSomebodyTalks({"--greeting=", "--service-time=5ms"}).calls <= 0);
}

TEST_CASE("WithOneCpuTheKernelIsAskedNowAndThen") {
  Spawn alone;
  alone.wrapper = {"taskset", "-c", std::to_string(FirstCpu())};
  const Asked asked = AskedWhileSomebodyTalks({"--greeting="}, alone);
  // Not more than eight times a second.
  CHECK(asked.calls <= asked.watched_ms / 125 + 1);
}

TEST_CASE("WhatIsSetFromOutsideStays") {
  if (IsLeftOut()) return;
  ServerProcess server({"--greeting=", "--workers=2"});
  Client caller(server.Address());
  int held_to = -1;
  REQUIRE(EchoUntil(caller, [&] { return (held_to = HeldTo(server.pid())) >= 0; }));

  cpu_set_t other;
  REQUIRE(::sched_getaffinity(0, sizeof(other), &other) == 0);
  CPU_CLR(held_to, &other);
  SetMaskOfAll(server.pid(), other);
  const Deadline several_periods(milliseconds(500));
  CHECK(EchoUntil(caller, [&] { return several_periods.Passed(); }));
  for (const cpu_set_t& mask : MasksOf(server.pid())) CHECK_FALSE(CPU_ISSET(held_to, &mask));
  caller.Close();
  server.Drain();
}

}  // namespace
}  // namespace switchboard::test
