#include "bench/load/compare/options.h"

#include <algorithm>
#include <random>
#include <utility>

#include "bench/load/options/command_line.h"

namespace switchboard::load {
namespace {

constexpr size_t kLongestName = 40;
constexpr std::string_view kPort = "{port}";
TargetSpec ParseTarget(const std::string& text) {
  const size_t equals = text.find('=');
  Require(equals != text.npos && equals > 0 && equals + 1 < text.size(),
          "'" + text + "' is no target; write NAME=HOST:PORT, or NAME='COMMAND {port}'");
  TargetSpec spec{.name = text.substr(0, equals), .address = {}, .command = {}};
  const std::string value = text.substr(equals + 1);
  const bool printable = std::ranges::all_of(spec.name, [](unsigned char c) { return c >= ' '; });
  Require(spec.name.size() <= kLongestName && printable && spec.name.find('|') == text.npos,
          "'" + spec.name + "' cannot be a target's name; give at most " +
              std::to_string(kLongestName) + " characters without '|'");
  if (value.find(kPort) != value.npos) {
    spec.command = value;
  } else {
    Require(value.find(' ') == value.npos,
            "the command '" + value + "' needs {port} where the server's port goes");
    Require(value.find_first_of(":0123456789") != value.npos,
            "'" + value + "' is neither HOST:PORT nor a command with {port} for the server's port");
    spec.address = value;
  }
  return spec;
}

void ParseTargets(const std::vector<std::string>& texts, CompareOptions& options) {
  for (const std::string& text : texts) {
    TargetSpec spec = ParseTarget(text);
    const auto same = [&](const TargetSpec& other) { return other.name == spec.name; };
    Require(std::ranges::none_of(options.targets, same),
            "the name '" + spec.name + "' is given twice; give each target its own");
    options.targets.push_back(std::move(spec));
  }
  Require(options.targets.size() >= 2,
          "give at least two targets to compare, each as NAME=HOST:PORT or NAME='COMMAND {port}'");
}

}  // namespace

CompareOptions ParseCompareOptions(int argc, char** argv) {
  const CommandLine line = ParseCommandLine(kCompare, argc, argv);
  CompareOptions options;
  options.rounds = line.rounds;
  options.start_timeout_s = line.start_timeout_s;
  options.outputs = line.outputs;
  options.title = line.title;
  options.notes = line.notes;
  options.help = line.help;
  if (options.help) return options;
  ParseTargets(line.operands, options);
  // Every address is checked as that of a load.
  for (const TargetSpec& target : options.targets) {
    options.load = CompleteLoad(line, target.command.empty() ? target.address : "127.0.0.1:1");
  }
  options.load.target.clear();
  // Below 2^53, so that every reader of the JSON keeps it whole.
  if (options.load.seed == 0) options.load.seed = 1 + (std::random_device{}() & 0x7fffffff);
  options.command = line.as_typed;
  if (!line.Has("seed")) options.command += " --seed " + std::to_string(options.load.seed);
  return options;
}

}  // namespace switchboard::load
