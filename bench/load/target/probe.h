// The first connection to a target: finds which of its addresses answers and what it says first.

#ifndef SWITCHBOARD_BENCH_LOAD_TARGET_PROBE_H_
#define SWITCHBOARD_BENCH_LOAD_TARGET_PROBE_H_

#include <atomic>
#include <string>

#include "bench/load/measure/options.h"
#include "src/linux/address.h"

namespace switchboard::load {

struct Probed {
  sys::Address address;
  std::string greeting;
};

// Whether somebody takes calls at `address`.
bool Answers(const sys::Address& address);

// What the server at `address` says first: what comes within 200 ms of connecting.
std::string HearGreeting(const sys::Address& address);

// Connects to each address of options.target in turn until one accepts. With Greeting::kAuto it
// then listens for 200 ms. Throws std::runtime_error with one sentence if none accepts,
// or `stop` became true.
Probed Probe(const Options& options, const std::atomic<bool>* stop = nullptr);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_TARGET_PROBE_H_
