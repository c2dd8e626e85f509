// What the threads have counted, added up and written for the log.

#include "switchboard/stats.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "src/books/counter_table.h"

namespace switchboard::test {
namespace {

std::vector<CounterRow> AllRows() {
  std::vector<CounterRow> rows;
  for (const auto& part : {CallCounters(), ByteCounters(), WorkCounters()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

// Scripts read these keys: none may be renamed or lost unnoticed. There may be more.
TEST_CASE("TheLogHasTheKnownKeysInTheirOrder") {
  const std::string line = ' ' + Stats().ToLogfmt() + ' ';
  size_t found = 0;
  for (const char* key : {"accepted",
                          "active",
                          "closed",
                          "bytes_in",
                          "bytes_out",
                          "lost",
                          "discarded",
                          "buffered",
                          "unsolicited",
                          "unheard",
                          "closed_peer",
                          "closed_reset",
                          "closed_idle",
                          "closed_write_timeout",
                          "closed_served",
                          "closed_drain",
                          "closed_error",
                          "reads",
                          "yields",
                          "skipped",
                          "queued",
                          "worker_wakes",
                          "rejected",
                          "rejected_by_address",
                          "held",
                          "accept_paused",
                          "accept_failed",
                          "no_memory",
                          "register_failed",
                          "log_dropped"}) {
    CAPTURE(key);
    found = line.find(' ' + std::string(key) + "=0 ", found);
    REQUIRE(found != std::string::npos);
  }
}

TEST_CASE("EachCountStandsUnderItsOwnKeyAndNoOther") {
  for (const CounterRow& counted : AllRows()) {
    if (counted.counted == nullptr) continue;
    CAPTURE(counted.key);
    Counts<Counter> of_thread;
    (of_thread.*counted.counted).Add(7);
    Stats stats;
    AddTo(stats, of_thread);
    for (const CounterRow& row : AllRows()) {
      CAPTURE(row.key);
      CHECK(stats.*row.total == (row.key == counted.key ? 7 : 0));
    }
    CHECK(stats.closed() == 0);
    CHECK((' ' + stats.ToLogfmt()).find(' ' + std::string(counted.key) + "=7") !=
          std::string::npos);
  }
}

TEST_CASE("WhatSeveralThreadsCountIsAddedUp") {
  Counts<Counter> one, other;
  one.bytes_unsolicited.Add(3);
  other.bytes_unsolicited.Add(4);
  one.closed_by_reason[static_cast<int>(CloseReason::kIdle)].Add();
  other.closed_by_reason[static_cast<int>(CloseReason::kIdle)].Add(2);
  Stats stats;
  AddTo(stats, one);
  AddTo(stats, other);
  CHECK(stats.bytes_unsolicited == 7);
  CHECK(stats.closed() == 3);
  CHECK(stats.closed(CloseReason::kIdle) == 3);
  CHECK(stats.ToLogfmt().find("closed_idle=3") != std::string::npos);
}

}  // namespace
}  // namespace switchboard::test
