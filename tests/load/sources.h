// Targets that are only figures: they make latencies whose true percentiles are known. And runs
// against them, which go through what decides a real run with `--until` but need no time. Functions
// of their arguments alone; any thread.

#ifndef SWITCHBOARD_TESTS_LOAD_SOURCES_H_
#define SWITCHBOARD_TESTS_LOAD_SOURCES_H_

#include <cstdint>
#include <functional>

#include "bench/load/measure/certainty.h"
#include "bench/load/measure/histogram.h"

namespace switchboard::load {

struct Source {
  const char* name;
  double per_second;                                       // messages
  std::function<double()> (*latencies_ns)(uint64_t seed);  // that of the next message
  double (*truth_ns)(double percent);
};

// Exponential latencies, each for itself.
extern const Source kIndependent;
// The sojourn times of a queue with one server that is busy for nine tenths of the time, and idle
// at first.
extern const Source kQueue;
// One message in ten is a hundred times as slow as the others.
extern const Source kBimodal;

struct Simulated {
  Histogram latency;
  Certainty certainty;
  double seconds = 0;  // measured
  double warmup_s = 0;
  bool known = false;  // all that was wished for
};

// A run until `wish` is known, for `longest_s` at most.
Simulated RunUntil(const Source& source, uint64_t seed, const Wish& wish, double longest_s);

// A run of `seconds` after a warm-up, in which every latency rises evenly by `rise` of itself.
Simulated RunFor(const Source& source, uint64_t seed, double seconds, double rise);

// Whether the interval holds the true percentile.
bool Covers(const Simulated& run, const Source& source, double percent);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_TESTS_LOAD_SOURCES_H_
