#include "src/daemon/stop_requests.h"

#include "src/linux/signals.h"

namespace switchboard {
namespace {

constexpr int kExitedAtOnce = 1;

}  // namespace

void ObeyStopRequest(Server& server) {
  if (server.phase() == Phase::kServing) {
    server.Stop();
  } else if (!server.EndPhase()) {
    sys::ExitNow(kExitedAtOnce);
  }
}

}  // namespace switchboard
