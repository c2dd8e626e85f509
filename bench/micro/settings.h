// What the command line says beyond Google Benchmark's own flags. Set by main before the
// benchmarks run, constant from then on.

#ifndef SWITCHBOARD_BENCH_MICRO_SETTINGS_H_
#define SWITCHBOARD_BENCH_MICRO_SETTINGS_H_

#include <string>

namespace switchboard::bench {

struct Settings {
  std::string target;       // the server for loopback_bench.cc; empty: one in this process
  double duration_s = 0.5;  // of the measured part of each run against a server
};

const Settings& GetSettings();

}  // namespace switchboard::bench

#endif  // SWITCHBOARD_BENCH_MICRO_SETTINGS_H_
