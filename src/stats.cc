#include "switchboard/stats.h"

#include <numeric>

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

std::string Stats::ToLogfmt() const {
  std::string text = "accepted=" + std::to_string(accepted);
  const auto add = [&text](const std::string& key, auto value) {
    text += ' ' + key + '=' + std::to_string(value);
  };
  add("active", active);
  add("closed", closed());
  add("bytes_in", bytes_in);
  add("bytes_out", bytes_out);
  add("lost", bytes_lost);
  add("discarded", bytes_discarded);
  add("buffered", bytes_buffered);
  add("unsolicited", bytes_unsolicited);
  add("unheard", bytes_unheard);
  for (int i = 0; i < kCloseReasons; ++i) {
    add(std::string("closed_") + switchboard::ToString(static_cast<CloseReason>(i)),
        closed_by_reason[i]);
  }
  add("reads", reads);
  add("yields", yields);
  add("queued", queued);
  add("worker_wakes", worker_wakes);
  add("rejected", rejected);
  add("held", held);
  add("accept_paused", accept_paused);
  add("accept_failed", accept_failed);
  add("no_memory", no_memory);
  add("register_failed", register_failed);
  add("log_dropped", log_dropped);
  add("listen_overflows", listen_overflows);
  return text;
}

}  // namespace switchboard
