// The first connection to a target: finds which of its addresses answers and what it says first.

#ifndef SWITCHBOARD_BENCH_LOAD_PROBE_H_
#define SWITCHBOARD_BENCH_LOAD_PROBE_H_

#include <string>

#include "bench/load/options.h"
#include "src/linux/address.h"

namespace switchboard::load {

struct Probed {
  sys::Address address;
  std::string greeting;
};

// Connects to each address of options.target in turn until one accepts. With Greeting::kAuto it
// then listens for 200 ms. Throws std::runtime_error with one sentence if none accepts.
Probed Probe(const Options& options);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_PROBE_H_
