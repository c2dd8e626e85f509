// The hand-over from the reactor to the workers, with connections that have no socket and a service
// that has nothing to send.

#include "src/worker_pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <thread>

#include "src/buffer_pool.h"
#include "src/connection.h"
#include "src/ready_list.h"

namespace switchboard {
namespace {

class Count : public Service {
 public:
  Next OnOpen(Call&) override {
    ++calls;
    return Next::kRead;
  }
  Next OnRead(Call&) override { return Next::kRead; }

  std::atomic<int> calls{0};
};

// This thread is the reactor.
struct Desk {
  explicit Desk(WorkerPool::Config config, int connections)
      : pool(config, buffers, ready), route{&service, {.may_block = config.may_block}, &pool} {
    for (int i = 0; i < connections; ++i) callers.emplace_back(-1, route);
  }

  void Add(Connection& caller) {
    caller.Open(buffers.Acquire());
    caller.state.Schedule();
    pool.Add(caller);
  }
  void PublishAll() {
    for (Connection& caller : callers) Add(caller);
    pool.Publish();
  }
  // Until the workers have handed all of them back.
  bool AllBack() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (Connection& caller : callers) {
      while (caller.state.Has(ConnectionState::kScheduled)) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
      }
    }
    return true;
  }

  Count service;
  BufferPool buffers{4096};
  ReadyList ready;
  WorkerPool pool;
  const Route route;
  std::deque<Connection> callers;  // they cannot be moved
};

TEST_CASE("EveryJobIsDoneOnceHoweverManyWorkersAndRounds") {
  for (const int workers : {1, 2, 5}) {
    for (const bool may_block : {false, true}) {
      for (const int callers : {1, 3, 700}) {
        CAPTURE(workers);
        CAPTURE(may_block);
        CAPTURE(callers);
        Desk desk({.name = "worker", .workers = workers, .may_block = may_block}, callers);
        const int rounds = callers < 10 ? 2000 : 20;
        for (int round = 0; round < rounds; ++round) {
          desk.PublishAll();
          while (desk.pool.PauseWhileBusy()) {
          }
          REQUIRE(desk.AllBack());
        }
        CHECK(desk.service.calls == rounds * callers);
      }
    }
  }
}

// The reactor pauses only while there is something to wait for, and is always let go.
TEST_CASE("ThePauseEndsWithTheWorkOrBeforeIt") {
  Desk desk({.name = "worker", .workers = 2}, 300);
  CHECK_FALSE(desk.pool.PauseWhileBusy());
  for (int round = 0; round < 200; ++round) {
    desk.PublishAll();
    CHECK(desk.pool.PauseWhileBusy());
    CHECK_FALSE(desk.pool.PauseWhileBusy());
    REQUIRE(desk.AllBack());
  }
}

TEST_CASE("APoolThatMayBlockIsNeverWaitedFor") {
  Desk desk({.name = "worker", .workers = 1, .may_block = true}, 300);
  desk.PublishAll();
  CHECK_FALSE(desk.pool.PauseWhileBusy());
  CHECK(desk.AllBack());
}

TEST_CASE("AnEarlyWakeUpIsGoodForTheJobThatFollows") {
  Desk desk({.name = "worker", .workers = 3}, 1);
  for (int round = 0; round < 2000; ++round) {
    desk.pool.WakeEarly();
    desk.PublishAll();
    while (desk.pool.PauseWhileBusy()) {
    }
    REQUIRE(desk.AllBack());
  }
  CHECK(desk.service.calls == 2000);
}

// The caller had nothing to say after all: hung up, or was gone.
TEST_CASE("AnEarlyWakeUpInVainLosesNothing") {
  Desk desk({.name = "worker", .workers = 1}, 1);
  for (int round = 0; round < 500; ++round) {
    desk.pool.WakeEarly();
    desk.pool.Publish();
    // Now at once, and now when the worker may have gone back to sleep.
    if (round % 2 == 0) std::this_thread::yield();
    desk.PublishAll();
    REQUIRE(desk.AllBack());
  }
  CHECK(desk.service.calls == 500);
}

// It would not know how long a wake-up is worth waiting for.
TEST_CASE("APoolThatMayBlockIsNotWokenEarly") {
  Desk desk({.name = "worker", .workers = 1, .may_block = true}, 1);
  desk.PublishAll();
  REQUIRE(desk.AllBack());
  const uint64_t wakes = desk.pool.WakesSoFar();
  // Long enough for the worker to fall asleep at some point.
  for (int i = 0; i < 10'000; ++i) {
    desk.pool.WakeEarly();
    std::this_thread::yield();
  }
  CHECK(desk.pool.WakesSoFar() == wakes);
}

TEST_CASE("AnEarlyWakeUpIsOneForEachSleep") {
  Desk desk({.name = "worker", .workers = 1}, 1);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (desk.pool.WakesSoFar() == 0 && std::chrono::steady_clock::now() < deadline) {
    desk.pool.WakeEarly();
  }
  CHECK(desk.pool.WakesSoFar() == 1);
}

TEST_CASE("WhatIsQueuedIsDoneBeforeThePoolEnds") {
  Count service;
  BufferPool buffers(4096);
  ReadyList ready;
  std::deque<Connection> callers;
  {
    WorkerPool pool({.name = "worker", .workers = 2}, buffers, ready);
    const Route route{&service, {.may_block = false}, &pool};
    for (int i = 0; i < 1000; ++i) {
      Connection& caller = callers.emplace_back(-1, route);
      caller.Open(buffers.Acquire());
      caller.state.Schedule();
      pool.Add(caller);
    }
    pool.Publish();
  }
  CHECK(service.calls == 1000);
}

}  // namespace
}  // namespace switchboard
