// The counters of a server, each of them said once: its key, where it is counted, and its series in
// /metrics. Adding up what the threads have counted, the line of the log, /metrics and /status.json
// come from here; what each counter means to the code stands beside it in
// include/switchboard/stats.h. Constant, so any thread.

#ifndef SWITCHBOARD_SRC_BOOKS_COUNTER_TABLE_H_
#define SWITCHBOARD_SRC_BOOKS_COUNTER_TABLE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>

#include "src/books/counters.h"
#include "switchboard/snapshot.h"
#include "switchboard/stats.h"

namespace switchboard {

// A family of /metrics, as Prometheus calls series of one name
// (https://prometheus.io/docs/practices/naming/).
struct Family {
  std::string_view name;  // without "switchboard_"; ends in "_total" if it never falls
  std::string_view help;
  std::string_view label = {};  // tells its series apart, beside service or pool; empty for none
};

// What a series is read from: there is one of the server, or one of each service or pool. What the
// reactor counts for no service in particular (ReactorCounters) is of the server.
using Source = std::variant<uint64_t (*)(const Stats&),                     //
                            uint64_t (*)(const Snapshot::ServiceFigures&),  //
                            uint64_t (*)(const Snapshot::PoolFigures&)>;

struct Series {
  Family family;
  Source source;
  std::string_view label_value = {};
};

// Nothing if the series are not of such parts: Stats, ServiceFigures or PoolFigures.
template <typename Part>
std::optional<uint64_t> ValueOf(const Series& series, const Part& part) {
  return std::visit(
      [&part](auto read) -> std::optional<uint64_t> {
        if constexpr (std::is_invocable_v<decltype(read), const Part&>) return read(part);
        return std::nullopt;
      },
      series.source);
}

struct CounterRow {
  std::string_view key;       // in the log
  std::string_view json_key;  // in /status.json: of the server, and of each service from which
                              // its series is read
  uint64_t Stats::*total;
  // What a thread counts for it; nullptr if the total is worked out from others, or asked for.
  Counter Counts<Counter>::*counted;
  Series series;
};

// How long something took: in the log by its percentiles, in /status.json by all its steps.
struct TimesRow {
  std::string_view key;
  TimeHistogram Stats::*total;
  // Of each service or pool.
  std::variant<TimeHistogram Snapshot::ServiceFigures::*, TimeHistogram Snapshot::PoolFigures::*>
      part;
  Family family;
  // Only an option measures it: without one it is left out of /metrics.
  bool only_if_any = false;

  // Nothing if it is not of such parts.
  template <typename Part>
  const TimeHistogram* Of(const Part& of) const {
    return std::visit(
        [&of](auto member) -> const TimeHistogram* {
          if constexpr (std::is_invocable_v<decltype(member), const Part&>) return &(of.*member);
          return nullptr;
        },
        part);
  }
};

// In the order of the log.
std::span<const CounterRow> Counters();
std::span<const TimesRow> Times();

// Series of /metrics that belong to families of Counters(), and are worked out from several.
std::span<const Series> FurtherSeries();

// Adds what one thread has counted to `stats`. It is read from the end of the table to its
// beginning: what leaves the server before what came into it, so that no difference is negative.
void AddTo(Stats& stats, const Counts<Counter>& counted);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BOOKS_COUNTER_TABLE_H_
