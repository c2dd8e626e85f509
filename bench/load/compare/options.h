// What `switchboard-load compare` is asked to do, and how the command line says it.
// As for command_line.h: plain values; parse from one thread at a time.

#ifndef SWITCHBOARD_BENCH_LOAD_COMPARE_OPTIONS_H_
#define SWITCHBOARD_BENCH_LOAD_COMPARE_OPTIONS_H_

#include <string>
#include <vector>

#include "bench/load/base/output_file.h"
#include "bench/load/measure/options.h"

namespace switchboard::load {

struct TargetSpec {
  std::string name;
  // One of them: an address as for a load, or a command to start with {port} in it.
  std::string address;
  std::string command;
};

struct CompareOptions {
  Options load;  // the same for every run, but for its target and greeting
  int rounds = 9;
  double start_timeout_s = 10;      // for a command to come up
  std::vector<TargetSpec> targets;  // the first is what the others are compared with
  Outputs outputs;
  std::string title;
  std::vector<std::string> notes;
  std::string command;  // that repeats it
  bool help = false;    // nothing else is set then
};

// Throws as ParseCommandLine.
CompareOptions ParseCompareOptions(int argc, char** argv);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_COMPARE_OPTIONS_H_
