// What a comparison comes to, and how it is shown: a table for people that is also Markdown, and
// JSON. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_COMPARE_REPORT_H_
#define SWITCHBOARD_BENCH_LOAD_COMPARE_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "bench/load/base/json.h"
#include "bench/load/compare/compare.h"
#include "bench/load/compare/statistics.h"

namespace switchboard::load {

// A target's figure as a multiple of the first target's.
struct Ratio {
  double median = 1;  // of the rounds' own ratios
  Interval interval;  // of that median, 95 % if there are enough rounds
  double p = 1;       // that the two do not differ: signed ranks of the rounds' own differences
  size_t rounds = 0;  // in which both had the figure
};

// A figure of the trials, for instance &Trial::p99_ns.
using Figure = std::optional<double> Trial::*;

// Of the rounds in which both have the figure, and it is not 0: what does not answer is not fast.
// Nothing if there is none.
std::optional<Ratio> RatioTo(const TargetResult& first, const TargetResult& other, Figure figure);

// Of the trials that have it; nothing if none has.
std::optional<double> MedianOf(const TargetResult& target, Figure figure);

std::string ToText(const Comparison& comparison);

// Stable keys: schema, config, machine, rounds, event_rounds, event_obstacle, targets. A target has
// its name, address or command, the medians messages_per_second, p50_us, p99_us, for each of these
// the ratio to the first target (median, low, high, confidence, p, rounds), per message cpu_us,
// system_calls and context_switches, resident_bytes, and its turns. What is not known is null.
Json ToJson(const Comparison& comparison);

// What is compared: throughput of a closed loop, and of an open loop, whose rate is given, latency.
Figure Compared(const Comparison& comparison);

// The pieces of the text: the load in a line; the table, with its header and without columns in
// which nothing is known; in lines, which turns were not VALID, and what is to be known of the
// table. RoundsText: "1 round", "9 rounds".
std::string RoundsText(int rounds);
std::string LoadOf(const Comparison& comparison);
std::vector<std::vector<std::string>> TableRows(const Comparison& comparison);
std::string Doubts(const Comparison& comparison);
std::string Notes(const Comparison& comparison);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_COMPARE_REPORT_H_
