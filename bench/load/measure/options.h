// What a load run is asked to do. Plain values; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_OPTIONS_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/measure/certainty.h"

namespace switchboard::load {

enum class Arrivals { kUniform, kPoisson };
enum class Greeting { kAuto, kNone, kText };

// When a run begins, once everything is open. Without any of them it is then.
struct Start {
  std::optional<double> at_s;  // seconds since 1970
  int ready_fd = -1;           // where "ready" is said
  bool on_stdin = false;       // when a line comes there
};

struct Options {
  std::string target;  // HOST:PORT, [IPV6]:PORT or unix:/path

  int connections = 1;  // with calls_per_second: the most calls at the same time
  int threads = 1;
  uint32_t min_size_bytes = 64;
  uint32_t max_size_bytes = 64;

  // The measured part ends after this time or after this many messages (0: no such end).
  double duration_s = 10;
  uint64_t messages = 0;
  double warmup_s = 1;

  int depth = 1;    // messages in flight on each connection of a closed loop
  double rate = 0;  // open loop: messages per second over all connections; 0: closed loop
  Arrivals arrivals = Arrivals::kUniform;

  double connect_rate = 0;         // connections opened per second; 0: as fast as it goes
  double calls_per_second = 0;     // churn on a schedule; 0: off
  uint64_t messages_per_call = 0;  // hang up after that many; 0: never

  // Local addresses to call from, in turn. Empty: the kernel chooses, except that `source_auto`
  // spreads calls to 127.0.0.0/8 over that network.
  std::vector<std::string> sources;
  bool source_auto = true;

  bool all_addresses = false;  // of the target's name, in turn; otherwise the first that answers

  Greeting greeting = Greeting::kAuto;
  std::string greeting_text;  // for kText, as bytes

  // A caller who has no echo in that time hangs up with a reset: a Distribution; empty: never.
  std::string patience;
  int64_t service_level_ns = 0;  // who is answered in that time is counted; 0: not asked

  // The highest rate is searched at which this percentile is at most this long; 0: off.
  double slo_percentile = 0;
  int64_t slo_limit_ns = 0;

  // The run ends when these percentiles are known, after `duration_s` at most. Empty: off.
  std::vector<Wish> until;

  // Which part of a load that several machines make together this is: 2 of 3. Numbers and rates are
  // those of the part.
  int share = 1, shares = 1;

  Start start;

  uint64_t seed = 0;  // 0: drawn at random when the run starts
  bool quiet = false;

  bool IsOpenLoop() const { return rate > 0; }
  bool IsChurn() const { return messages_per_call > 0; }
  bool HasPatience() const { return !patience.empty(); }
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_OPTIONS_H_
