// Tells somebody that the server is alive, for as long as it is: the service manager
// (WATCHDOG_USEC, sd_watchdog_enabled(3)), or the parent of several processes. Whoever hears
// nothing for so long replaces the server.
//
// A thread that sleeps but for its looks, four in Config::period_us. Each look pings only if the
// reactor has done a whole round since it was woken for that, and no pool is stuck: full for all of
// that time without that a worker has begun a turn. Slow is not stuck, so a pool whose turns are
// shorter than that time never is. In one of several processes pools are watched only if a service
// manager has asked for a watchdog.

#ifndef SWITCHBOARD_SRC_DAEMON_WATCHDOG_H_
#define SWITCHBOARD_SRC_DAEMON_WATCHDOG_H_

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "src/base/log.h"
#include "src/linux/semaphore.h"
#include "src/linux/thread.h"
#include "src/status/heart.h"
#include "switchboard/server.h"

namespace switchboard {

class Watchdog {
 public:
  struct Config {
    int64_t period_us;
    bool watches_pools;          // and not only the reactor
    std::function<void()> ping;  // called by the thread of the watchdog
  };

  // Both outlive it. Throws std::runtime_error if the system refuses a thread.
  Watchdog(Config config, Server& server, Log& log);
  // Joins the thread.
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  // As it was when it last was not full or had begun another turn.
  struct Pool {
    std::string_view name;
    uint64_t begun = 0;
    int64_t seen_ms = 0;
  };

  void Run();
  void Look(int64_t now_ms);
  void NoteProgress(int64_t now_ms);

  const Config config_;
  Server& server_;
  Log& log_;
  status::Heart heart_;
  std::vector<Pool> pools_;
  int missed_ = 0;  // looks in a row without a ping
  sys::Semaphore over_;
  sys::Thread thread_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_DAEMON_WATCHDOG_H_
