// A server as it stands, in parts: what Stats adds up, for each service, pool and listening
// address.
//
// A plain value: Server::GetSnapshot makes one, which any thread may call. The counters are read
// one after the other while they are counted, so that two of them may differ by what happened in
// between.

#ifndef SWITCHBOARD_SNAPSHOT_H_
#define SWITCHBOARD_SNAPSHOT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "switchboard/stats.h"
#include "switchboard/time_histogram.h"

namespace switchboard {

// How long calls have lasted, from accept to close; Number as in Counts.
template <typename Number>
struct CallTimes {
  // Upper ends of the steps, in milliseconds; the last step has none.
  static constexpr std::array<int64_t, 9> kEndsMs = {1,     10,     100,     1000,    10000,
                                                     60000, 600000, 3600000, 86400000};

  std::array<Number, kEndsMs.size() + 1> counts{};
  Number sum_ms{};
};

struct Snapshot {
  struct ServiceFigures {
    std::string name;
    std::string pool;         // whose workers serve it
    Counts<uint64_t> counts;  // what has no service, as callers told "busy", is in the total alone
    uint64_t active = 0;
    uint64_t stalled = 0;  // of these, whose reply waits for room: the caller does not read it
    CallTimes<uint64_t> call_times;
    TimeHistogram service_time;
    TimeHistogram write_time;  // as in Stats
  };
  struct PoolFigures {
    std::string name;
    uint64_t workers = 0;
    uint64_t busy = 0;    // of these
    uint64_t queued = 0;  // turns that wait for one
    uint64_t wakes = 0;
    TimeHistogram reactor_time;
    TimeHistogram queue_wait;
  };
  struct ListenerFigures {
    std::string address;
    std::string service;
    std::string pool;
    bool inherited = false;  // of Options::sockets
    // Callers on hold in the backlog, and how many there is room for; -1: the kernel does not say,
    // as of a unix socket.
    int64_t on_hold = -1;
    int64_t backlog = -1;
  };

  Stats total;
  std::vector<ServiceFigures> services;  // those that are listened to
  std::vector<PoolFigures> pools;
  std::vector<ListenerFigures> listeners;  // none once the server has closed them
  int64_t max_connections = 0;
  bool accept_paused = false;  // at the limit, or for lack of descriptors or memory
  uint64_t talking = 0;        // callers who said something in the last whole second
  uint64_t reactor_rounds = 0;
  // How long the reactor has not come round, or has overslept; 0 while it rightly sleeps.
  int64_t reactor_age_ms = 0;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SNAPSHOT_H_
