// How a program that is told to stop by signals goes about it: each request ends what the one
// before it has begun.
//
// Used by one thread.

#ifndef SWITCHBOARD_SRC_DAEMON_STOP_REQUESTS_H_
#define SWITCHBOARD_SRC_DAEMON_STOP_REQUESTS_H_

#include <cstdint>

#include "switchboard/server.h"

namespace switchboard {

class StopRequests {
 public:
  // Whether a signal that comes at `now_ms`, sys::NowMs(), is a request of its own. timeout(1) and
  // shells signal a process and then its whole group: that is one.
  bool IsNew(int64_t now_ms) {
    if (last_ms_ >= 0 && now_ms - last_ms_ < kOneRequestMs) return false;
    last_ms_ = now_ms;
    return true;
  }

 private:
  static constexpr int64_t kOneRequestMs = 100;

  int64_t last_ms_ = -1;
};

// Begins the end of `server`, or ends its present phase. In the last one it ends the process, with
// exit status 1.
void ObeyStopRequest(Server& server);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_DAEMON_STOP_REQUESTS_H_
