// The first connection to a target: finds which of its addresses answers and what it says first.

#ifndef SWITCHBOARD_BENCH_LOAD_TARGET_PROBE_H_
#define SWITCHBOARD_BENCH_LOAD_TARGET_PROBE_H_

#include <atomic>
#include <string>
#include <vector>

#include "bench/load/measure/options.h"
#include "src/linux/address.h"

namespace switchboard::load {

// The addresses that HOST:PORT, [IPV6]:PORT or unix:/path stands for. Throws std::runtime_error
// with one sentence if there are none, or `stop` became true before a name server answered.
std::vector<sys::Address> Resolve(const std::string& target, const std::atomic<bool>* stop);

struct Probed {
  std::vector<sys::Address> addresses;  // to call; one, unless options.all_addresses
  std::string greeting;
};

// Whether somebody takes calls at `address`.
bool Answers(const sys::Address& address);

// What the server at `address` says first: what comes within 200 ms of connecting.
std::string HearGreeting(const sys::Address& address);

// Connects in turn to each address of options.target that options.sources can call, until one
// accepts or, with options.all_addresses, to all, of which those that accept count. With
// Greeting::kAuto it then listens to the first for 200 ms. Throws std::invalid_argument if no
// source can call any, and std::runtime_error with one sentence if none accepts, or `stop` became
// true.
Probed Probe(const Options& options, const std::atomic<bool>* stop = nullptr);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_TARGET_PROBE_H_
