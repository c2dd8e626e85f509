// Everything that a load run measured. The text, JSON, CSV and HTML are views of it, and a report
// read back from JSON can be merged and judged again.
//
// `messages`, `bytes` and the timeline count what was answered in the measured part of the run, so
// that the rate is the target's, however long its answers take. `latency` holds the messages that
// were intended in it: also those answered later, and those never answered with the time they had
// waited when the run gave up, so that a stall at the end is not lost. Where a number of messages
// is asked for, those of the warm-up that are answered late are in neither.
//
// Plain values; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_REPORT_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_REPORT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/load/measure/anatomy.h"
#include "bench/load/measure/bins.h"
#include "bench/load/measure/certainty.h"
#include "bench/load/measure/histogram.h"
#include "bench/load/measure/machine.h"
#include "bench/load/measure/options.h"
#include "bench/load/measure/pattern.h"

namespace switchboard::load {

enum class Phase { kConnect, kSend, kReceive, kVerify };
const char* PhaseName(Phase phase);

// How often each error came, by phase and name. The name is errno's ("ECONNRESET"), "CLOSED" where
// the other end hung up in order, "TIMEOUT" where an echo had not come when the run gave up
// waiting, and a kind of Damage ("corrupted") in the verify phase.
using Errors = std::map<std::pair<Phase, std::string>, uint64_t>;
uint64_t Total(const Errors& errors);

struct Verification {
  uint64_t verified_bytes = 0;  // compared and right
  uint64_t bad_connections = 0;
  Damage damage;
  // "at byte 128 of connection 3: 1f 20 where 9a b1 was expected"; empty if no byte was wrong.
  std::string first_wrong;
  bool Passed() const { return bad_connections == 0 && damage.Total() == 0; }
};

// One second of the measured part, by the time of the answer.
struct Second {
  uint64_t messages = 0;
  uint64_t bytes = 0;
  uint64_t errors = 0;
  uint64_t abandoned = 0;  // messages whose callers hung up; by the time of that
  uint64_t in_time = 0;    // of `messages`, those that Options::service_level_ns asks for
  Histogram latency{Histogram::kCoarse};

  // Messages whose wait has ended, one way or the other.
  uint64_t Ended() const { return messages + abandoned; }
};

// What the generator says about itself.
struct Generator {
  // The largest of any thread, over wall time: of the time with a CPU and the time waiting for one
  // together, and of the second alone, which others on the machine caused.
  double busy_share = 0;
  double waiting_share = 0;
  // Of the thread that busy_share is of, the part of it that was waiting.
  double busiest_waiting_share = 0;
  // The same of the time for which its control group was throttled, and for which it was away: came
  // back to the clock later than it had asked to.
  double throttled_share = 0;
  double away_share = 0;
  double cpu_s = 0;             // of all threads
  uint64_t intended = 0;        // messages that the schedule asked for in the measured part
  uint64_t intended_calls = 0;  // the same of calls, when they are scheduled
  uint64_t not_offered = 0;     // of those, never sent: no connection was open, or too many waited
  uint64_t too_late = 0;        // of those, never taken up: the generator was behind at the end
  uint64_t unanswered = 0;      // of those, without an answer when the run or the connection ended
  uint64_t calls = 0;           // churn: those whose messages were all answered by then
  int connections_open = 0;     // when the measured part began
  // Mean messages in flight: integrated while running, and by Little's law: rate times mean
  // latency.
  double mean_in_flight = 0;
  double mean_in_flight_by_law = 0;
};

// One trial of the search for the highest rate that keeps the objective, see search.h.
enum class StepOutcome { kMet, kMissed, kNotMeasured };
struct SloStep {
  double rate = 0;
  double reached_rate = 0;
  int64_t percentile_ns = 0;
  std::string verdict;
  StepOutcome outcome = StepOutcome::kNotMeasured;
  bool is_long = false;  // one of those that the answer is made of
};

// One machine of several whose runs were merged: what it added, and whether that may be believed.
struct MergedRun {
  std::string name;  // of its file
  std::string host;
  int share = 1, shares = 1;  // as in its Options
  double window_start_s = 0, window_end_s = 0;
  uint64_t messages = 0;
  double messages_per_second = 0;
  std::optional<int64_t> p99_ns;           // of its latency; nothing if it had too few messages
  std::optional<int64_t> send_lag_p99_ns;  // the same of its lateness, in an open loop
  std::optional<double> clock_ahead_s, clock_error_s;  // as in its Machine
  std::string verdict;
  std::vector<std::string> reasons;
};

struct Report {
  Options options;
  Machine machine;

  std::string title;               // of people, for people; may be empty
  std::vector<std::string> notes;  // the same
  std::string command;             // that repeats the run; empty where a file does not say

  std::vector<std::string> addresses;  // that were called, of the target's name

  std::string verdict;  // see verdict.h
  std::vector<std::string> reasons;
  std::vector<std::string> warnings;  // of the pre-flight check

  double warmup_took_s = 0;  // what came before the measured part; 0 where a file does not say
  bool interrupted = false;  // ended before its time, because it was told to
  double seconds = 0;        // length of the measured part
  // When it was, in seconds since 1970 by the machine's clock; 0 if a file of the schema before
  // does not say.
  double window_start_s = 0, window_end_s = 0;
  uint64_t messages = 0;
  uint64_t bytes = 0;  // echoed; as many were sent
  // With Options::patience: messages whose callers hung up in the measured part before the echo
  // came, and those callers. `latency` holds them with the time that they waited.
  uint64_t abandoned = 0;
  uint64_t hang_ups = 0;
  uint64_t in_time = 0;  // of `messages`, those that were answered in Options::service_level_ns

  Histogram latency;  // from the intended send time
  // Closed loop: the same. Open loop: from the actual send, and only of messages sent while no
  // reply was owed on their connection: all that a tester who waits for replies would have seen.
  Histogram naive_latency;
  // Open loop: as if the generator had taken up each message on time, so that the difference to
  // `latency` is its own lateness. Closed loop: the same as `latency`.
  Histogram punctual_latency;
  Histogram connect;
  Histogram first_echo;  // from when a connection was to be opened to its first right byte
  Histogram send_lag;    // open loop: how late the generator took up each message
  Histogram held_up;     // by the generator's being away: for how long, of each message under way

  Errors errors;           // of the whole run, with opening, warm-up and end
  Errors errors_measured;  // of those, while it was measured
  Verification verification;
  std::vector<Second> timeline;
  Bins bins;  // the same, finer; none where a file does not say
  Generator generator;
  std::optional<Anatomy> anatomy;   // of the mean of `latency`, if it was asked for
  Certainty certainty;              // of the percentiles of `latency`
  std::vector<MergedRun> machines;  // that were merged; empty if it is the run of one
  std::vector<SloStep> slo_steps;
  // What they come to: the highest rate lies between the two. 0 for what is not known.
  double slo_met_rate = 0, slo_missed_rate = 0;

  double MessagesPerSecond() const;
  // Messages whose wait has ended, one way or the other. Who hangs up for lack of patience does
  // what was asked for.
  uint64_t Ended() const { return messages + abandoned; }
};

// The timeline to the end of the run: seconds at its end in which nothing was answered are in no
// tally, but they were measured. The pointers are good for as long as the report is.
std::vector<const Second*> WholeTimeline(const Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_REPORT_H_
