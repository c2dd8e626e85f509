// What the threads have counted, added up and written for the log.

#include "switchboard/stats.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "src/books/counter_table.h"

namespace switchboard::test {
namespace {

// Scripts read these keys: none may be renamed, lost or moved unnoticed, and a new one is added
// here.
TEST_CASE("TheLogHasTheKnownKeysInTheirOrderAndNoOthers") {
  const std::vector<std::string> known = {
      "accepted", "active", "closed",
      // Bytes.
      "bytes_in", "bytes_out", "lost", "discarded", "buffered", "unsolicited", "unheard",
      // Why calls ended.
      "closed_peer", "closed_reset", "closed_vanished", "closed_idle", "closed_write_timeout",
      "closed_served", "closed_drain", "closed_error", "closed_process",
      // Work.
      "reads", "yields", "skipped", "queued", "worker_wakes", "rejected", "rejected_by_address",
      "checks", "proxy_v1", "proxy_v2", "proxy_unknown", "proxy_malformed", "proxy_untrusted",
      "proxy_timeout", "held", "accept_paused", "paused_descriptors", "paused_memory",
      "accept_failed", "no_memory", "register_failed", "log_dropped", "listen_overflows",
      // Times.
      "queue_wait_p50_us", "queue_wait_p99_us", "service_time_p50_us", "service_time_p99_us",
      "reactor_time_p50_us", "reactor_time_p99_us", "write_time_p50_us", "write_time_p99_us"};
  std::vector<std::string> keys;
  std::istringstream line(Stats().ToLogfmt());
  for (std::string pair; line >> pair;) {
    const size_t equals = pair.find('=');
    keys.push_back(pair.substr(0, equals));
    CAPTURE(pair);
    CHECK(pair.substr(equals) == (keys.back() == "listen_overflows" ? "=-1" : "=0"));
  }
  CHECK(keys == known);
  CHECK(known.size() == Counters().size() + 1 + kCloseReasons + 1 + 2 * Times().size());
}

TEST_CASE("TheLongestLineOfTheLogFits") {
  constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
  Stats stats;
  for (const CounterRow& row : Counters()) stats.*row.total = kMost;
  stats.closed_by_reason.fill(kMost / kCloseReasons);
  for (const TimesRow& row : Times()) (stats.*row.total).counts.back() = 1;
  const std::string line = stats.ToLogfmt();
  CHECK(line.ends_with("_p99_us=" + std::to_string(stats.write_time.PercentileNs(99) / 1000)));
}

TEST_CASE("EachCountStandsUnderItsOwnKeyAndNoOther") {
  for (const CounterRow& counted : Counters()) {
    if (counted.counted == nullptr) continue;
    CAPTURE(counted.key);
    Counts<Counter> of_thread;
    (of_thread.*counted.counted).Add(7);
    Stats stats;
    AddTo(stats, of_thread);
    for (const CounterRow& row : Counters()) {
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
