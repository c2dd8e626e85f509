// The machine that a load comes from, and the program. Plain values; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_MACHINE_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_MACHINE_H_

#include <optional>
#include <string>

namespace switchboard::load {

struct Machine {
  std::string host;
  std::string kernel;
  std::string cpu;
  int cpus = 0;
  std::string compiler;
  std::string version;     // of this program
  std::string started_at;  // UTC, ISO 8601
  // How far its clock is ahead of the one that several machines go by, and how wrong that may be;
  // nothing if it is not known.
  std::optional<double> clock_ahead_s = {}, clock_error_s = {};
};

// This one, now.
Machine ThisMachine();

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_MACHINE_H_
