#include "switchboard/stats.h"

#include <numeric>
#include <string_view>

#include "src/stats_text.h"

namespace switchboard {

const char* ToString(CloseReason reason) {
  switch (reason) {
    case CloseReason::kPeer:
      return "peer";
    case CloseReason::kReset:
      return "reset";
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
  add("accepted", stats.accepted);
  add("active", stats.active);
  add("closed", stats.closed());
  add("bytes_in", stats.bytes_in);
  add("bytes_out", stats.bytes_out);
  add("lost", stats.bytes_lost);
  add("discarded", stats.bytes_discarded);
  add("buffered", stats.bytes_buffered);
  add("unsolicited", stats.bytes_unsolicited);
  add("unheard", stats.bytes_unheard);
  for (int i = 0; i < kCloseReasons; ++i) {
    text << " closed_" << ToString(static_cast<CloseReason>(i)) << '=' << stats.closed_by_reason[i];
  }
  add("reads", stats.reads);
  add("yields", stats.yields);
  add("queued", stats.queued);
  add("worker_wakes", stats.worker_wakes);
  add("rejected", stats.rejected);
  add("held", stats.held);
  add("accept_paused", stats.accept_paused);
  add("accept_failed", stats.accept_failed);
  add("no_memory", stats.no_memory);
  add("register_failed", stats.register_failed);
  add("log_dropped", stats.log_dropped);
  add("listen_overflows", stats.listen_overflows);
  return text;
}

}  // namespace switchboard
