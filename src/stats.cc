#include "switchboard/stats.h"

#include <numeric>
#include <span>
#include <string_view>

#include "src/books/counter_table.h"
#include "src/stats_text.h"

namespace switchboard {

const char* ToString(CloseReason reason) {
  switch (reason) {
    case CloseReason::kPeer:
      return "peer";
    case CloseReason::kReset:
      return "reset";
    case CloseReason::kVanished:
      return "vanished";
    case CloseReason::kIdle:
      return "idle";
    case CloseReason::kWriteTimeout:
      return "write_timeout";
    case CloseReason::kServed:
      return "served";
    case CloseReason::kDrain:
      return "drain";
    case CloseReason::kError:
      return "error";
    case CloseReason::kProcess:
      return "process";
  }
  return "unknown";
}

uint64_t Stats::closed() const {
  return std::accumulate(closed_by_reason.begin(), closed_by_reason.end(), uint64_t{0});
}

std::string Stats::ToLogfmt() const { return std::string(ToText(*this)); }

LogText ToText(const Stats& stats) {
  LogText text;
  const auto add = [&text](std::string_view key, auto value) {
    if (!text.empty()) text << ' ';
    text << key << '=' << value;
  };
  const auto add_rows = [&](std::span<const CounterRow> rows) {
    for (const CounterRow& row : rows) add(row.key, stats.*row.total);
  };
  add_rows(CallCounters());
  add("closed", stats.closed());
  add_rows(ByteCounters());
  for (int i = 0; i < kCloseReasons; ++i) {
    text << " closed_" << ToString(static_cast<CloseReason>(i)) << '=' << stats.closed_by_reason[i];
  }
  add_rows(WorkCounters());
  add("listen_overflows", stats.listen_overflows);
  const auto add_times = [&](std::string_view key, const TimeHistogram& times) {
    for (const int percent : {50, 99}) {
      text << ' ' << key << "_p" << percent << "_us=" << (times.PercentileNs(percent) + 999) / 1000;
    }
  };
  add_times("queue_wait", stats.queue_wait);
  add_times("service_time", stats.service_time);
  return text;
}

}  // namespace switchboard
