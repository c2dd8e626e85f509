// The counters of a server, each of them said once: its key in the log and where it is counted.
// Adding up what the threads have counted and the line of the log come from here; what each counter
// means stands beside it in include/switchboard/stats.h. Constant, so any thread.

#ifndef SWITCHBOARD_SRC_BOOKS_COUNTER_TABLE_H_
#define SWITCHBOARD_SRC_BOOKS_COUNTER_TABLE_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "src/books/counters.h"
#include "switchboard/stats.h"

namespace switchboard {

struct CounterRow {
  std::string_view key;
  uint64_t Stats::*total;
  // What a thread counts for it; none if the total is worked out from others, or asked for.
  Counter Counts<Counter>::*counted = nullptr;
};

// In the order of the log. The total of all closed calls comes after the first, and one for each
// reason after the second.
std::span<const CounterRow> CallCounters();
std::span<const CounterRow> ByteCounters();
std::span<const CounterRow> WorkCounters();

// Adds what one thread has counted to `stats`. It is read from the end of the table to its
// beginning: what leaves the server before what came into it, so that no difference is negative.
void AddTo(Stats& stats, const Counts<Counter>& counted);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BOOKS_COUNTER_TABLE_H_
