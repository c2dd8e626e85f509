// What the processes of one number count together, and what is left of one that has died.

#include "src/books/books.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "src/books/shared_books.h"
#include "src/linux/clock.h"

namespace switchboard::test {
namespace {

Roster TwoServices() {
  return {.services = {{.name = "discard", .pool = 1}, {.name = "echo", .pool = 0}},
          .pools = {{.name = "worker", .option = "", .workers = 3},
                    {.name = "discard", .option = "", .workers = 1}}};
}
constexpr size_t kDiscard = 0, kEcho = 1;

// One caller has come, said `bytes`, and had `sent` of them back by a worker.
void Call(const Books& books, size_t service, size_t worker, uint64_t bytes, uint64_t sent) {
  const size_t pool = books.roster().services[service].pool;
  books.services()[service].accepted.Add();
  books.services()[service].reads.Add();
  books.services()[service].bytes_in.Add(bytes);
  books.pool(pool).OfWorker(worker)[service].bytes_out.Add(sent);
  books.pool(pool).OfWorker(worker)[service].service_time.Add(1000);
  books.pool(pool).times[worker].queue_wait.Add(2000);
}

void Close(const Books& books, size_t service, CloseReason reason) {
  books.services()[service].closed_by_reason[static_cast<size_t>(reason)].Add();
  books.services()[service].call_times.Add(5);
}

void CheckBalance(const Stats& stats) {
  CHECK(stats.accepted == stats.active + stats.closed());
  CHECK(stats.bytes_in ==
        stats.bytes_out + stats.bytes_lost + stats.bytes_discarded + stats.bytes_buffered);
}

TEST_CASE("WhatSeveralProcessesCountIsAddedUp") {
  const SharedBooks books(TwoServices(), 3);
  for (size_t process = 0; process < 3; ++process) {
    Call(books.of(process), kEcho, process, 10 * (process + 1), 10);
    Call(books.of(process), kDiscard, 0, 7, 0);
    books.of(process).pool(0).pool->published.Add(2);
    books.of(process).pool(0).pool->taken.Add();
    books.of(process).pool(0).pool->busy.Add();
    books.of(process).reactor().rejected.Add(process);
    books.of(process).reactor().max_connections = 100;
    books.of(process).reactor().log_dropped.Add(2);
  }
  Close(books.of(1), kEcho, CloseReason::kPeer);
  const Snapshot sum = SnapshotOf(books.all(), sys::NowMs());
  CHECK(sum.total.accepted == 6);
  CHECK(sum.total.active == 5);
  CHECK(sum.total.closed(CloseReason::kPeer) == 1);
  CHECK(sum.total.bytes_in == 60 + 21);
  CHECK(sum.total.bytes_out == 30);
  CHECK(sum.total.bytes_buffered == 30 + 21);
  CHECK(sum.total.queued == 3);
  CHECK(sum.total.log_dropped == 6);
  CHECK(sum.max_connections == 300);
  CHECK(sum.total.rejected == 3);
  CHECK(sum.total.queue_wait.count() == 6);
  CheckBalance(sum.total);
  REQUIRE(sum.services.size() == 2);
  CHECK(sum.services[kEcho].name == "echo");
  CHECK(sum.services[kEcho].pool == "worker");
  CHECK(sum.services[kEcho].counts.accepted == 3);
  CHECK(sum.services[kEcho].active == 2);
  CHECK(sum.services[kEcho].call_times.sum_ms == 5);
  CHECK(sum.services[kEcho].service_time.count() == 3);
  CHECK(sum.services[kDiscard].counts.bytes_in == 21);
  REQUIRE(sum.pools.size() == 2);
  CHECK(sum.pools[0].workers == 9);
  CHECK(sum.pools[0].busy == 3);
  CHECK(sum.pools[0].queued == 3);
  CHECK(sum.pools[0].queue_wait.count() == 3);
  CHECK(sum.pools[1].workers == 3);
  const Stats second = StatsOf(Alone(books.of(1)));
  CHECK(second.accepted == 2);
  CHECK(second.active == 1);
  CHECK(second.bytes_in == 27);
}

TEST_CASE("TheBooksOfAProcessThatDiedAreExact") {
  const SharedBooks books(TwoServices(), 2);
  const Books& dead = books.of(0);
  Call(dead, kEcho, 0, 100, 60);
  Call(dead, kEcho, 2, 10, 10);
  Call(dead, kDiscard, 0, 5, 0);
  Close(dead, kEcho, CloseReason::kReset);
  dead.services()[kEcho].stalled.Add();
  PoolCounters& pool = *dead.pool(0).pool;
  pool.published.Add(5);
  pool.taken.Add(3);
  pool.busy.Add(2);
  dead.reactor().paused = true;
  dead.reactor().phase = Phase::kDraining;
  dead.reactor().round_ms = sys::NowMs() - 5000;
  Call(books.of(1), kEcho, 1, 20, 20);

  Settle(dead);
  const Stats stats = StatsOf(Alone(dead));
  CHECK(stats.active == 0);
  CHECK(stats.closed(CloseReason::kProcess) == 2);
  CHECK(stats.closed(CloseReason::kReset) == 1);
  CHECK(stats.bytes_lost == 45);
  CHECK(stats.bytes_buffered == 0);
  CHECK(stats.queued == 0);
  CheckBalance(stats);
  const Snapshot sum = SnapshotOf(books.all(), sys::NowMs());
  CheckBalance(sum.total);
  CHECK(sum.total.active == 1);
  CHECK(sum.services[kEcho].stalled == 0);
  CHECK(
      sum.services[kDiscard].counts.closed_by_reason[static_cast<size_t>(CloseReason::kProcess)] ==
      1);
  CHECK(sum.pools[0].busy == 0);
  CHECK_FALSE(sum.accept_paused);
  CHECK(sum.reactor_age_ms == 0);
  CHECK(dead.reactor().phase == Phase::kServing);

  // The next one in its place.
  Call(dead, kEcho, 0, 8, 3);
  CHECK(StatsOf(Alone(dead)).active == 1);
  CHECK(StatsOf(Alone(dead)).accepted == 4);
  CHECK(StatsOf(Alone(dead)).bytes_buffered == 5);
  Settle(dead);
  Settle(dead);
  CHECK(StatsOf(Alone(dead)).closed(CloseReason::kProcess) == 3);
  CHECK(StatsOf(Alone(dead)).bytes_lost == 50);
  CheckBalance(StatsOf(Alone(dead)));
}

TEST_CASE("WhatAChildHasCountedIsThereAfterItWasKilled") {
  const SharedBooks books(TwoServices(), 2);
  const pid_t child = ::fork();
  if (child == 0) {
    Call(books.of(1), kEcho, 0, 100, 40);
    ::raise(SIGKILL);
  }
  REQUIRE(child > 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(StatsOf(books.all()).active == 1);
  Settle(books.of(1));
  CHECK(StatsOf(books.all()).closed(CloseReason::kProcess) == 1);
  CHECK(StatsOf(books.all()).bytes_lost == 60);
  CheckBalance(StatsOf(books.all()));
}

// What a worker has sent and is called back when the caller is found gone may be missing for the
// moment in which the process dies.
TEST_CASE("BytesThatWereBeingCalledBackAreLostOnce") {
  const Books books(TwoServices());
  Call(books, kEcho, 0, 100, 100);
  books.services()[kEcho].bytes_out.Subtract(30);
  Settle(books);
  CHECK(StatsOf(Alone(books)).bytes_out == 70);
  CHECK(StatsOf(Alone(books)).bytes_lost == 30);
  CheckBalance(StatsOf(Alone(books)));
}

TEST_CASE("AcceptingIsPausedIfAllAre") {
  const SharedBooks books(TwoServices(), 2);
  books.of(0).reactor().paused = true;
  CHECK_FALSE(SnapshotOf(books.all(), sys::NowMs()).accept_paused);
  books.of(1).reactor().paused = true;
  CHECK(SnapshotOf(books.all(), sys::NowMs()).accept_paused);
}

TEST_CASE("AServiceHasItsOwnPoolOrTheCommonOne") {
  Options options;
  options.workers = 3;
  options.service_workers = {{"discard", 2}};
  const Roster roster = RosterOf(options, {"echo", "discard", "daytime", "echo"});
  REQUIRE(roster.services.size() == 3);
  REQUIRE(roster.pools.size() == 2);
  CHECK(roster.workers() == 5);
  for (const Roster::Service& service : roster.services) {
    const std::string& name = service.name;
    CAPTURE(name);
    CHECK(roster.pools[service.pool].name == (name == "discard" ? "discard" : "worker"));
    CHECK(roster.pools[service.pool].workers == (name == "discard" ? 2 : 3));
  }
}

}  // namespace
}  // namespace switchboard::test
