#include "bench/load/staff/measured/options.h"

#include <algorithm>
#include <random>

namespace switchboard::load {
namespace {

bool Contains(const std::string& text, const char* part) { return text.find(part) != text.npos; }

void CheckTogether(const CommandLine& line) {
  const bool has_command = !line.command.empty();
  Require(line.Has("rates"),
          (line.operands.empty()
               ? ""
               : "'" + line.operands.front() + "' is taken for a server to measure; ") +
              std::string("say at which rates with --rates, as in --rates 200,400"));
  Require(has_command || !line.operands.empty(),
          "say which server: HOST:PORT, or --command 'SERVER {port} {status}' to start one");
  Require(line.operands.size() + (has_command ? 1 : 0) == 1,
          "give one HOST:PORT only, or --command instead");
  Require(has_command || !line.status.empty(),
          "say where the server's status port is with --status, as in --status 9100");
  Require(!has_command || Contains(line.command, "{port}"),
          "--command needs {port} where the server's port goes");
  Require(!has_command || Contains(line.command, "{status}") != line.Has("status"),
          "--command needs {status} where the port of the server's status goes, or say with "
          "--status where that is, and not both");
  for (const char* option : {"rate", "service", "cv", "workers", "patience", "lines"}) {
    Require(!line.Has(option), std::string("--") + option +
                                   " is for the formulas alone; with --rates it is measured, or "
                                   "not there: leave it out");
  }
}

}  // namespace

bool AsksToMeasure(const CommandLine& line) {
  return line.Has("rates") || line.Has("status") || line.Has("command") || !line.operands.empty();
}

MeasuredOptions CompleteMeasured(const CommandLine& line) {
  CheckTogether(line);
  MeasuredOptions options;
  options.rates = line.staffing.rates;
  options.command = line.command;
  options.status = line.status;
  options.start_timeout_s = line.start_timeout_s;
  options.within = line.staffing.within;
  options.share = line.staffing.share;
  options.limit_s = line.staffing.limit_s;
  Require(options.limit_s > 0, "--target needs a time as well, as in --target 80%/20ms");
  options.title = line.title;
  options.notes = line.notes;
  options.load = CompleteLoad(line, line.command.empty() ? line.operands.front() : "127.0.0.1:1");
  if (!line.command.empty()) options.load.target.clear();
  options.load.arrivals = Arrivals::kPoisson;
  // Below 2^53, so that every reader of the JSON keeps it whole.
  if (options.load.seed == 0) options.load.seed = 1 + (std::random_device{}() & 0x7fffffff);
  options.as_typed = line.as_typed;
  if (!line.Has("seed")) options.as_typed += " --seed " + std::to_string(options.load.seed);
  return options;
}

}  // namespace switchboard::load
