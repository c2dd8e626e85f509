#include "switchboard/stats.h"

#include <numeric>
#include <string_view>

#include "src/books/counter_table.h"
#include "src/books/stats_text.h"

namespace switchboard {
namespace {

void AddReasons(const Stats& stats, LogText& text) {
  for (int i = 0; i < kCloseReasons; ++i) {
    text << " closed_" << ToString(static_cast<CloseReason>(i)) << '=' << stats.closed_by_reason[i];
  }
}

}  // namespace

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
  for (const CounterRow& row : Counters()) {
    add(row.key, stats.*row.total);
    if (row.total == &Stats::active) add("closed", stats.closed());
    if (row.total == &Stats::bytes_unheard) AddReasons(stats, text);
  }
  add("listen_overflows", stats.listen_overflows);
  for (const TimesRow& row : Times()) {
    for (const int percent : {50, 99}) {
      const int64_t ns = (stats.*row.total).PercentileNs(percent);
      text << ' ' << row.key << "_p" << percent << "_us=" << (ns + 999) / 1000;
    }
  }
  return text;
}

}  // namespace switchboard
