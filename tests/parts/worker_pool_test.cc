// The hand-over from the reactor to the workers, with connections that have no socket and a service
// that has nothing to send.

#include "src/worker_pool.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "src/books/books.h"
#include "src/connection/buffer_pool.h"
#include "src/connection/connection.h"
#include "src/connection/ready_list.h"
#include "src/linux/clock.h"

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

struct Staff {
  size_t workers = 1;
  bool may_block = false;
  size_t services = 1;
};

Roster RosterOf(const Staff& staff) {
  Roster roster{.services = {},
                .pools = {{.name = "worker", .option = "", .workers = staff.workers}}};
  for (size_t i = 0; i < staff.services; ++i) {
    roster.services.push_back({.name = std::to_string(i), .pool = 0});
  }
  return roster;
}

// This thread is the reactor.
template <typename ServiceType = Count>
struct Desk {
  explicit Desk(Staff staff, int connections)
      : books(RosterOf(staff)),
        pool({.name = "worker", .may_block = staff.may_block}, books.pool(0), buffers, ready),
        route{&service, {.may_block = staff.may_block}, &pool, 0, &books.services()[0]} {
    for (int i = 0; i < connections; ++i) callers.emplace_back(-1, route);
  }

  void Add(Connection& caller, char* buffer) {
    caller.Open(buffer);
    caller.state.Schedule();
    pool.Add(caller);
  }
  void PublishAll() {
    for (Connection& caller : callers) Add(caller, buffers.Acquire());
    pool.Publish(sys::NowNs());
  }
  auto Waiting() {
    return std::ranges::count_if(
        callers, [](Connection& caller) { return caller.state.Has(ConnectionState::kScheduled); });
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

  ServiceType service;
  BufferPool buffers{4096};
  ReadyList ready;
  Books books;
  WorkerPool pool;
  const Route route;
  std::deque<Connection> callers;  // they cannot be moved
};

TEST_CASE("EveryJobIsDoneOnceHoweverManyWorkersAndRounds") {
  for (const size_t workers : {1, 2, 5}) {
    for (const bool may_block : {false, true}) {
      for (const int callers : {1, 3, 700}) {
        CAPTURE(workers);
        CAPTURE(may_block);
        CAPTURE(callers);
        Desk<> desk({.workers = workers, .may_block = may_block}, callers);
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
  Desk<> desk({.workers = 2}, 300);
  CHECK_FALSE(desk.pool.PauseWhileBusy());
  int pauses = 0;
  for (int round = 0; round < 200; ++round) {
    desk.PublishAll();
    if (desk.pool.PauseWhileBusy()) ++pauses;
    CHECK_FALSE(desk.pool.PauseWhileBusy());
    REQUIRE(desk.AllBack());
  }
  CHECK(pauses > 0);  // all of them, unless the machine has no CPU for a worker for too long
}

TEST_CASE("APoolThatMayBlockIsNeverWaitedFor") {
  Desk<> desk({.workers = 1, .may_block = true}, 300);
  desk.PublishAll();
  CHECK_FALSE(desk.pool.PauseWhileBusy());
  CHECK(desk.AllBack());
}

// A job of nothing is not worth a wake-up beside the one that the first worker needs.
TEST_CASE("ShortJobsAreLeftToOneWorker") {
  Desk<> desk({.workers = 3}, 64);
  constexpr int kRounds = 500;
  bool short_throughout = true;
  for (int round = 0; round < kRounds; ++round) {
    desk.PublishAll();
    while (desk.pool.PauseWhileBusy()) {
    }
    REQUIRE(desk.AllBack());
    short_throughout = short_throughout && desk.pool.JobsAreShort();
  }
  if (!short_throughout) {
    MESSAGE("left out: jobs took long, as the machine had no CPU for the worker");
    return;
  }
  CHECK(desk.books.pool(0).pool->wakes.Get() <= kRounds);
}

// Computes for as long as it is told to, and knows how many workers did at once.
class Burn : public Service {
 public:
  Next OnOpen(Call&) override {
    const int now = ++inside_;
    for (int most = most_inside; most < now && !most_inside.compare_exchange_weak(most, now);) {
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
    while (std::chrono::steady_clock::now() < until) {
    }
    --inside_;
    return Next::kRead;
  }
  Next OnRead(Call&) override { return Next::kRead; }

  std::atomic<int> most_inside{0};

 private:
  std::atomic<int> inside_{0};
};

TEST_CASE("LongJobsAreSharedByAllWorkers") {
  constexpr int kWorkers = 4;
  Desk<Burn> desk({.workers = kWorkers}, 32);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  const auto all_work = [&] {
    return desk.service.most_inside == kWorkers && !desk.pool.JobsAreShort();
  };
  while (!all_work() && std::chrono::steady_clock::now() < deadline) {
    desk.PublishAll();
    while (desk.pool.PauseWhileBusy()) {
    }
    REQUIRE(desk.AllBack());
  }
  CHECK(desk.service.most_inside == kWorkers);
  CHECK_FALSE(desk.pool.JobsAreShort());
}

// Keeps the first of its callers waiting.
class Gate : public Service {
 public:
  Next OnOpen(Call&) override {
    if (!first_.exchange(false)) return Next::kRead;
    while (!open) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return Next::kRead;
  }
  Next OnRead(Call&) override { return Next::kRead; }

  std::atomic<bool> open{false};

 private:
  std::atomic<bool> first_{true};
};

// The others are served by the other worker, and the reactor reads on.
TEST_CASE("APauseThatLastsTooLongIsGivenUp") {
  Desk<Gate> desk({.workers = 2}, 50);
  desk.PublishAll();
  CHECK(desk.pool.PauseWhileBusy());
  CHECK_FALSE(desk.pool.JobsAreShort());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (desk.Waiting() > 1 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(desk.Waiting() == 1);
  desk.service.open = true;
  CHECK(desk.AllBack());
}

// Keeps the order of the turns, by the buffers that they come with.
class Record : public Service {
 public:
  Next OnOpen(Call& call) override {
    turns.push_back(call.buffer().data());
    return Next::kRead;
  }
  Next OnRead(Call&) override { return Next::kRead; }

  std::vector<const char*> turns;
};

TEST_CASE("JobsAreDoneInTheOrderInWhichTheyWereRead") {
  for (const bool may_block : {false, true}) {
    Desk<Record> desk({.workers = 1, .may_block = may_block}, 0);
    std::vector<const char*> read;
    for (int round = 0; round < 20; ++round) {
      for (int i = 0; i < 50; ++i) {
        char* const buffer = desk.buffers.Acquire();
        read.push_back(buffer);
        desk.Add(desk.callers.emplace_back(-1, desk.route), buffer);
      }
      desk.pool.Publish(sys::NowNs());
      REQUIRE(desk.AllBack());
    }
    CHECK(desk.service.turns == read);
  }
}

// The last of them are noted a moment after they have been handed back.
bool ComesToHaveTimed(const Books& books, uint64_t turns) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  Stats stats;
  while (stats.service_time.count() < turns && std::chrono::steady_clock::now() < deadline) {
    stats = StatsOf(Alone(books));
  }
  return stats.queue_wait.count() == turns && stats.service_time.count() == turns &&
         stats.reactor_time.count() == turns && stats.write_time.count() == 0;
}

TEST_CASE("EachTurnIsTimedOnceHoweverManyWorkers") {
  for (const size_t workers : {1, 3}) {
    for (const bool may_block : {false, true}) {
      CAPTURE(workers);
      CAPTURE(may_block);
      Desk<> desk({.workers = workers, .may_block = may_block}, 100);
      for (int round = 0; round < 20; ++round) {
        desk.PublishAll();
        REQUIRE(desk.AllBack());
      }
      CHECK(ComesToHaveTimed(desk.books, 2000));
    }
  }
}

class Millisecond : public Service {
 public:
  Next OnOpen(Call&) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return Next::kRead;
  }
  Next OnRead(Call&) override { return Next::kRead; }
};

TEST_CASE("EachTurnHasWaitedForThoseBeforeIt") {
  for (const bool may_block : {false, true}) {
    CAPTURE(may_block);
    Desk<Millisecond> desk({.workers = 1, .may_block = may_block}, 30);
    desk.PublishAll();
    REQUIRE(desk.AllBack());
    REQUIRE(ComesToHaveTimed(desk.books, 30));
    const Stats stats = StatsOf(Alone(desk.books));
    constexpr uint64_t kMs = 1'000'000;
    CHECK(stats.service_time.sum_ns >= 30 * kMs);
    CHECK(stats.queue_wait.sum_ns + kMs >= 29 * 30 / 2 * kMs);  // stamps are cut to 1 us
    CHECK(stats.queue_wait.PercentileNs(100) + kMs >= 29 * kMs);
  }
}

TEST_CASE("EachServiceHasItsOwnTimes") {
  Desk<> desk({.workers = 2, .services = 2}, 10);
  const Route other{&desk.service, {.may_block = false}, &desk.pool, 1, &desk.books.services()[1]};
  for (int i = 0; i < 5; ++i) desk.callers.emplace_back(-1, other);
  desk.PublishAll();
  REQUIRE(desk.AllBack());
  REQUIRE(ComesToHaveTimed(desk.books, 15));
  for (const size_t service : {0, 1}) {
    Stats stats;
    desk.books.pool(0).AddTo(stats, service);
    CHECK(stats.service_time.count() == (service == 0 ? 10 : 5));
  }
}

TEST_CASE("WhatIsQueuedIsDoneBeforeThePoolEnds") {
  Count service;
  BufferPool buffers(4096);
  ReadyList ready;
  const Books books(RosterOf({.workers = 2}));
  std::deque<Connection> callers;
  {
    WorkerPool pool({.name = "worker"}, books.pool(0), buffers, ready);
    const Route route{&service, {.may_block = false}, &pool};
    for (int i = 0; i < 1000; ++i) {
      Connection& caller = callers.emplace_back(-1, route);
      caller.Open(buffers.Acquire());
      caller.state.Schedule();
      pool.Add(caller);
    }
    pool.Publish(sys::NowNs());
  }
  CHECK(service.calls == 1000);
}

}  // namespace
}  // namespace switchboard
