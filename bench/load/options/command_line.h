// The command lines of switchboard-load and its subcommands, taken apart by one table of options.
// Plain values; parse from one thread at a time, as getopt_long(3) is not reentrant.
//
// Whatever cannot be is refused with std::invalid_argument: one sentence that names the option, its
// value and the way out.

#ifndef SWITCHBOARD_BENCH_LOAD_OPTIONS_COMMAND_LINE_H_
#define SWITCHBOARD_BENCH_LOAD_OPTIONS_COMMAND_LINE_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/base/output_file.h"
#include "bench/load/measure/options.h"

namespace switchboard::load {

// What the words are for. Values are bits, so that an option can belong to several.
enum Subcommand : unsigned {
  kRun = 1,
  kCompare = 2,
  kConform = 4,
  kMerge = 8,
  kStaff = 16,
  kReport = 32,
  kStaffPlan = 64,
  kStaffCalibrate = 128
};

// What is asked about the number of workers.
struct StaffingOptions {
  double arrivals = 0;    // per second
  double service_s = 0;   // mean, of a message or, with `lines`, of a call
  double cv = 1;          // coefficient of variation of the service
  double patience_s = 0;  // mean; 0: without end
  double share = 0.8;     // of the callers who are to be served in
  double limit_s = 0.02;  // 0 with `lines`
  bool lines = false;     // they are the limit, and not workers
  int64_t servers = 0;    // of either; 0: as many as the target needs

  std::vector<double> rates;  // to measure at, per second, rising; empty: formulas alone
  double within = 0;          // of the mean wait: known so well, a rate ends; 0: by time alone
};

// What is asked about hosts that may not be here.
struct PlanningOptions {
  std::string costs;  // the file of them
  int64_t callers = 1;
  double rate = 0;  // messages per second of an open loop; 0: a closed one
  uint32_t size_bytes = 64;
  std::string service_time;  // as Distribution in src/ reads it, maybe after "cpu:"; empty: none
  int workers = 0;           // of a process; 0: as many as CPUs
  int cpus = 0;              // of a host; 0: as many as the costs' host has
  int processes = 1;         // of a host
  int64_t hosts = 1;
  bool generator_here = false;
  double objective_percentile = 0;  // 0: none
  int64_t objective_ns = 0;
  int64_t messages = 0;  // to simulate
};

// Whatever an option can set; a subcommand reads what its own options do.
struct CommandLine {
  Options load;  // without its target and before CompleteLoad
  double ramp_s = 0;
  bool start_on_stdin = false;
  Outputs outputs;
  std::string title;                 // of the report, and below it
  std::vector<std::string> notes;    // the same
  std::vector<std::string> fail_if;  // conditions on a report
  bool strict = false;

  bool anatomy = false;  // of the mean round trip, by
  std::string status;    // the address of the server's status port

  int rounds = 0;              // of a comparison
  double start_timeout_s = 0;  // for a command to come up

  int pid = -1;                         // of the server that a conformance card is about
  std::string command;                  // that starts one
  std::vector<std::string> only, skip;  // names of checks
  double timeout_s = 0;                 // for each check; 0: its own
  bool list = false;

  StaffingOptions staffing;
  PlanningOptions planning;

  bool help = false, version = false;  // asked for instead; nothing else is to be looked at then

  std::string as_typed;  // the line itself, as a shell takes it

  std::vector<std::string> operands;  // the words that are no options
  std::set<std::string_view> given;   // long names of the options that were said
  bool Has(std::string_view name) const { return given.count(name) > 0; }
};

// The words that follow argv[0].
CommandLine ParseCommandLine(Subcommand subcommand, int argc, char** argv);

// The load that a line asks for against `target`, with what one option means for others that were
// not given, and refused where two contradict each other.
Options CompleteLoad(const CommandLine& line, const std::string& target);

// Throws std::invalid_argument with the sentence unless `condition`.
void Require(bool condition, const std::string& otherwise);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_OPTIONS_COMMAND_LINE_H_
