// What `switchboard-load staff` is asked to measure, and how the command line says it. As for
// command_line.h: plain values; parse from one thread at a time.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_OPTIONS_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_OPTIONS_H_

#include <string>
#include <vector>

#include "bench/load/measure/options.h"
#include "bench/load/options/command_line.h"

namespace switchboard::load {

struct MeasuredOptions {
  Options load;  // of each rate, but for that; without a target if there is a `command`
  std::vector<double> rates;  // messages per second, rising
  std::string command;        // that starts the server; empty: it is there
  std::string status;         // address of its status port; empty: {status} of `command`
  double start_timeout_s = 0;
  double within = 0;   // a rate ends when the mean wait is known that well; 0: by time alone
  double share = 0.8;  // of the callers who are to be served in
  double limit_s = 0.02;
  std::string title;
  std::vector<std::string> notes;
  std::string as_typed;  // the command that repeats it

  const std::string& Server() const { return command.empty() ? load.target : command; }
};

// Whether the line asks for a measurement and not for formulas alone.
bool AsksToMeasure(const CommandLine& line);

// Throws std::invalid_argument with one sentence for what makes no sense together.
MeasuredOptions CompleteMeasured(const CommandLine& line);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_OPTIONS_H_
