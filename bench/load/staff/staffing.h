// How many workers, or lines, a target needs, and what one fewer and one more would come to.
// Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_STAFFING_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_STAFFING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/options/command_line.h"
#include "bench/load/staff/formulas.h"

namespace switchboard::load {

struct StaffedWaiting {
  int64_t workers;
  Waiting waiting;
};

struct Staffing {
  Demand demand;
  double share = 0;       // of the callers who are to be served in demand.limit_s
  std::string formula;    // its name
  StaffedWaiting chosen;  // as many as were asked for, or the fewest that meet the target
  std::vector<StaffedWaiting> around;  // chosen, and one fewer and one more, where there can be
  std::vector<std::string> warnings;   // why the formula may be off
};

struct StaffedLines {
  int64_t lines;
  double p_busy;       // the part of the callers who find all lines taken
  double utilisation;  // of the lines
};

struct LineStaffing {
  Demand demand;     // of which the `service_s` is how long a call lasts
  double share = 0;  // of the callers who are to get through
  StaffedLines chosen;
  std::vector<StaffedLines> around;
};

// What a line asks for, with what one option means for others. Throws std::invalid_argument with
// one sentence for what makes no sense together.
StaffingOptions CompleteStaffing(const CommandLine& line);

// Throw std::invalid_argument if it would take more than kMostServers.
Staffing StaffWorkers(const StaffingOptions& options);
LineStaffing StaffLines(const StaffingOptions& options);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_STAFFING_H_
