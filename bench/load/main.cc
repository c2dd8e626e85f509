// The command line of switchboard-load: picks a subcommand, or runs a load and prints its report.

#include <atomic>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string_view>

#include "bench/load/base/command.h"
#include "bench/load/base/interrupt.h"
#include "bench/load/compare/compare.h"
#include "bench/load/conform/conform.h"
#include "bench/load/measure/options.h"
#include "bench/load/measure/report.h"
#include "bench/load/merge/merge.h"
#include "bench/load/run/load.h"
#include "bench/load/run/search.h"
#include "bench/load/show/publish.h"

namespace switchboard::load {
namespace {

// To add a subcommand: its header above, its line here, its source in meson.build.
constexpr Command kCommands[] = {
    {"compare", "several servers under the same load, in turn", CompareMain},
    {"conform", "whether an echo server does what it should", ConformMain},
    {"merge", "the runs of several machines in one report", MergeMain},
};

int PrintHelp() {
  std::printf("usage: switchboard-load [OPTION]... HOST:PORT\n\n%s", OptionsHelp().data());
  for (const Command& command : kCommands) {
    std::printf("\n       switchboard-load %s: %s", command.name, command.summary);
  }
  std::puts("\nHOST:PORT may also be [IPV6]:PORT or unix:/path.");
  return 0;
}

int PrintVersion() {
  std::puts("switchboard-load " SWITCHBOARD_VERSION);
  return 0;
}

int RunAndReport(int argc, char** argv) {
  const Options options = ParseOptions(argc, argv);
  if (options.help) return PrintHelp();
  if (options.version) return PrintVersion();
  ReportFiles files({.json_path = options.json_path,
                     .csv_path = options.csv_path,
                     .html_path = options.html_path});
  const std::atomic<bool>& interrupted = CatchInterrupts();
  const Report report = options.slo_percentile > 0 ? FindHighestRate(options, &interrupted)
                                                   : RunLoad(options, &interrupted);
  return Publish(report, files);
}

int Main(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  for (const Command& command : kCommands) {
    if (first == command.name) return command.run(argc - 1, argv + 1);
  }
  return RunAndReport(argc, argv);
}

}  // namespace
}  // namespace switchboard::load

int main(int argc, char** argv) {
  using switchboard::load::kExitFailed;
  using switchboard::load::kExitUsage;
  try {
    return switchboard::load::Main(argc, argv);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "switchboard-load: %s\n", error.what());
    return kExitUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "switchboard-load: %s\n", error.what());
    return kExitFailed;
  }
}
