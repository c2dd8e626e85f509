// What is known of a process that gives no sign of life, and what is not.

#include "src/processes/signs_of_life.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <thread>

#include "src/linux/clock.h"

namespace switchboard::test {
namespace {

constexpr int64_t kSilenceMs = 5000;

struct Alone {
  Alone() { slot.pid = ::getpid(); }

  int64_t SilentMs() {
    const int64_t now_ms = sys::NowMs();
    return switchboard::SilentMs(slot, now_ms - kSilenceMs, now_ms);
  }

  ProcessTable table{1};
  ProcessTable::Slot& slot = table.slot(0);
};

TEST_CASE("AWaitThatIsNotKnownOfIsNoExcuse") {
  Alone process;
  CHECK(process.SilentMs() == kSilenceMs);
  for (ProcessTable::ThreadTimesAtSign* life : {&process.slot.reactor, &process.slot.watchdog}) {
    life->tid = 1;  // of another process
    life->waited_ns = -1'000'000'000;
  }
  CHECK(process.SilentMs() == kSilenceMs);
}

// Or what one thread has waited would count for two.
TEST_CASE("AReactorThatSpeaksForItselfIsNoWatchdog") {
  Alone process;
  GiveSignOfLife(process.slot);
  if (process.slot.reactor.tid == 0) {
    MESSAGE("left out: this kernel does not count what threads run");
    return;
  }
  CHECK(process.slot.watchdog.tid == 0);
  std::thread([&] { GiveSignOfLife(process.slot); }).join();
  CHECK(process.slot.reactor.tid != process.slot.watchdog.tid);
}

TEST_CASE("ASignOfLifeNeedsNoDescriptor") {
  Alone process;
  GiveSignOfLife(process.slot);
  const pid_t noted = process.slot.reactor.tid;
  process.slot.alive_ms = 0;
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = limit.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  GiveSignOfLife(process.slot);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(process.slot.alive_ms > 0);
  CHECK(process.slot.reactor.tid == noted);
}

TEST_CASE("WhatWasNotedOfOneThatIsGoneIsNotOfTheNext") {
  Alone process;
  std::thread([&] { GiveSignOfLife(process.slot); }).join();
  process.table.Clear(0);
  CHECK(process.slot.reactor.tid == 0);
  CHECK(process.slot.watchdog.tid == 0);
}

}  // namespace
}  // namespace switchboard::test
