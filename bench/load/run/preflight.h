// Says before a run which limit of the machine would stop it, and the command that lifts it.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_PREFLIGHT_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_PREFLIGHT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/measure/options.h"

namespace switchboard::load {

struct Limits {
  int64_t descriptors = 0;      // of this process, raised as far as it may
  int64_t ports = 0;            // of each local address
  int64_t local_addresses = 1;  // to call from; 0 for a target that needs no ports
  int64_t memory_bytes = -1;    // that can be had; -1: not known
  int64_t backlog = 0;          // net.core.somaxconn
  bool local = false;           // the server is on this machine too
};

struct Obstacle {
  bool fatal;  // the run cannot be what was asked for
  std::string sentence;
};

// Raises the descriptor limit and asks the kernel for the others.
Limits FindLimits();

// What stands in the way of `options` under `limits`, if anything.
std::vector<Obstacle> Preflight(const Options& options, const Limits& limits);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_PREFLIGHT_H_
