// The command line of switchboard-load: picks a subcommand, or runs a load and prints its report.

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include "bench/load/base/exit_status.h"
#include "bench/load/base/interrupt.h"
#include "bench/load/compare/compare.h"
#include "bench/load/conform/conform.h"
#include "bench/load/measure/report.h"
#include "bench/load/merge/merge.h"
#include "bench/load/options/command_line.h"
#include "bench/load/options/help.h"
#include "bench/load/report/overlay.h"
#include "bench/load/run/load.h"
#include "bench/load/run/search.h"
#include "bench/load/show/publish.h"
#include "bench/load/staff/staff.h"
#include "bench/load/status/status_watch.h"
#include "src/linux/process.h"

namespace switchboard::load {
namespace {

int Print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return 0;
}

int PrintAlone(int argc, char** argv, std::string (*text)()) {
  Require(argc == 1, "'" + std::string(argv[0]) + "' takes no words; leave out '" +
                         std::string(argc > 1 ? argv[1] : "") + "'");
  return Print(text());
}

// The run, and what its server did meanwhile.
Report RunWatched(const Options& options, const std::atomic<bool>& interrupted,
                  const std::string& status) {
  StatusWatch watch(status);
  Report report = RunLoad(options, &interrupted, &watch);
  try {
    const auto meanwhile = watch.Meanwhile();
    if (meanwhile) report.anatomy = AnatomyOf(*meanwhile, report.latency.MeanNs());
    if (meanwhile && !report.anatomy && report.messages > 0) {
      report.warnings.push_back(
          "there is no anatomy: no message of this run came to the server whose status was read; "
          "give the --status of the server that is called");
    }
  } catch (const std::runtime_error& error) {
    report.warnings.push_back(std::string("there is no anatomy: ") + error.what());
  }
  return report;
}

int RunMain(int argc, char** argv) {
  const CommandLine line = ParseCommandLine(kRun, argc, argv);
  if (line.help) return Print(HelpText(kRun));
  if (line.version) return Print("switchboard-load " SWITCHBOARD_VERSION "\n");
  Require(!line.operands.empty(),
          "say what to call: HOST:PORT, [IPV6]:PORT or unix:/path; see --help");
  Require(line.operands.size() == 1, "give one target only; every option goes with its own value");
  const Options options = CompleteLoad(line, line.operands.front());
  const Gate gate(line.fail_if, line.strict);
  ReportFiles files(line.outputs);
  const std::atomic<bool>& interrupted = CatchInterrupts();
  Report report = line.anatomy                 ? RunWatched(options, interrupted, line.status)
                  : options.slo_percentile > 0 ? FindHighestRate(options, &interrupted)
                                               : RunLoad(options, &interrupted);
  report.title = line.title;
  report.notes = line.notes;
  report.command = line.as_typed;
  if (!line.Has("seed")) report.command += " --seed " + std::to_string(report.options.seed);
  return Publish(report, files, gate);
}

// Each is like main: argv[0] is its own name, the value is the exit status.
struct Command {
  std::string_view name;
  int (*run)(int argc, char** argv);
};

constexpr Command kCommands[] = {
    {"run", RunMain},
    {"compare", CompareMain},
    {"conform", ConformMain},
    {"merge", MergeMain},
    {"staff", StaffMain},
    {"report", ReportMain},
    {"manual", [](int argc, char** argv) { return PrintAlone(argc, argv, ManualPage); }},
    {"completion", [](int argc, char** argv) { return PrintAlone(argc, argv, CompletionScript); }},
};

// A target has more than letters in it, a port at least.
void RefuseUnknownCommand(std::string_view word) {
  const auto is_letter = [](char c) { return c == '-' || (c >= 'a' && c <= 'z'); };
  if (word.empty() || word.front() == '-' || !std::ranges::all_of(word, is_letter)) return;
  std::string names;
  for (const Command& each : kCommands)
    names += (names.empty() ? "" : ", ") + std::string(each.name);
  throw std::invalid_argument("'" + std::string(word) + "' is neither a command (" + names +
                              ") nor HOST:PORT");
}

int Main(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  for (const Command& command : kCommands) {
    if (first == command.name) return command.run(argc - 1, argv + 1);
  }
  RefuseUnknownCommand(first);
  return RunMain(argc, argv);
}

}  // namespace
}  // namespace switchboard::load

int main(int argc, char** argv) {
  // A report never goes where a closed standard stream was, and a reader of its text that goes away
  // costs that text alone.
  switchboard::sys::OpenStandardStreams();
  std::signal(SIGPIPE, SIG_IGN);
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
