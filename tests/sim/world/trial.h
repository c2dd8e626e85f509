// One run of the server on a simulated machine, from its start to its end, and what must be true of
// it.

#ifndef SWITCHBOARD_TESTS_SIM_WORLD_TRIAL_H_
#define SWITCHBOARD_TESTS_SIM_WORLD_TRIAL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "switchboard/options.h"
#include "switchboard/stats.h"
#include "tests/sim/kernel/machine.h"
#include "tests/sim/world/caller.h"

namespace switchboard::sim {

inline constexpr uint16_t kEchoPort = 8000;
inline constexpr uint16_t kSlowPort = 8001;  // echo, after a while; in a pool of its own
inline constexpr int64_t kSlowestNs = 20'000'000;
inline constexpr uint16_t kDiscardPort = 8009;
inline constexpr uint16_t kChargenPort = 8019;
inline constexpr uint16_t kProxyPort = 8100;  // echo, behind a proxy

struct TrialPlan {
  std::string name;  // which trial it is, or better: how to repeat it
  Machine::Config machine;
  uint64_t yield_one_in = 4;
  Options options;
  std::vector<CallerPlan> callers;
  int64_t slowest_ns = kSlowestNs;  // most that the slow service takes
  // What is asked of the server. A deadline is looked at in every round of epoll, so it is late by
  // no more than a round takes, beyond a tenth of itself: hardly anything, where calls take no
  // time.
  int64_t late_ns = 200'000'000;
  // Every caller of a run in turn at the slow service, or accepting was paused for want of memory.
  int64_t longest_wait_ns = 500'000'000;

  // Either one fault, or at random one call in so many (0: none) until `calm_ns`; from then on
  // nobody dawdles.
  SystemCall once_call = SystemCall::kRecv;
  int64_t once_k = 0;
  int once_fault = 0;
  uint64_t fault_one_in = 0;
  int64_t calm_ns = 0;

  // When the server is told to stop, if not after the last caller has left.
  int64_t stop_ns = kNeverNs;
  bool ends_phases = false;  // and is told at random that the present phase is over
  bool print_trace = false;
};

struct TrialReport {
  std::string failure;  // empty: all was as it must be
  uint64_t trace_hash = 0;
  bool started = false;  // false: a fault kept the server from starting
  Stats stats;
  uint64_t heard_bytes = 0;  // by all callers
  uint64_t calls_begun = 0;  // of which services that speak first have heard
  uint64_t calls_ended = 0;
  int64_t mapped_bytes = 0;  // that the server had when it was told to stop
  Faults faults;             // how many calls of each kind there were
  int64_t ended_ns = 0;
};

TrialReport Run(const TrialPlan& plan);

// Listens on the ports above.
Options DefaultOptions();

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_WORLD_TRIAL_H_
