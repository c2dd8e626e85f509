#include "bench/load/compare/options.h"

#include <getopt.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <stdexcept>
#include <utility>

#include "bench/load/base/usage.h"

namespace switchboard::load {
namespace {

constexpr int kMaxRounds = 1000;
constexpr int kMaxStartSeconds = 3600;
constexpr size_t kLongestName = 40;
constexpr std::string_view kPort = "{port}";
constexpr const char* kShortRun[] = {"--warmup=0.2", "--greeting=auto"};
constexpr const char* kShortDuration = "--duration=1";

// Those of a load that mean the same here are left to its own parser.
enum LongOption { kRounds = kFirstLong, kStartTimeout, kJson, kShared };
constexpr option kOptions[] = {
    {"rounds", required_argument, nullptr, kRounds},
    {"start-timeout", required_argument, nullptr, kStartTimeout},
    {"json", required_argument, nullptr, kJson},
    {"help", no_argument, nullptr, 'h'},
    {"connections", required_argument, nullptr, kShared},
    {"threads", required_argument, nullptr, kShared},
    {"size", required_argument, nullptr, kShared},
    {"duration", required_argument, nullptr, 'd'},
    {"messages", required_argument, nullptr, 'n'},
    {"warmup", required_argument, nullptr, kShared},
    {"depth", required_argument, nullptr, kShared},
    {"rate", required_argument, nullptr, kShared},
    {"arrivals", required_argument, nullptr, kShared},
    {"connect-rate", required_argument, nullptr, kShared},
    {"ramp", required_argument, nullptr, kShared},
    {"calls-per-second", required_argument, nullptr, kShared},
    {"messages-per-call", required_argument, nullptr, kShared},
    {"source", required_argument, nullptr, kShared},
    {"greeting", required_argument, nullptr, kShared},
    {"seed", required_argument, nullptr, kShared},
    {"quiet", no_argument, nullptr, kShared},
    {nullptr, 0, nullptr, 0},
};

int Rounds(std::string_view value) {
  return static_cast<int>(WholeNumber("--rounds", value, 1, kMaxRounds));
}

double StartTimeout(std::string_view value) {
  double seconds = 0;
  const auto [end, error] =
      std::from_chars(value.begin(), value.end(), seconds, std::chars_format::fixed);
  Require(error == std::errc() && end == value.end() && seconds > 0 && seconds <= kMaxStartSeconds,
          "--start-timeout cannot be '" + std::string(value) +
              "'; give a number of seconds above 0 and up to " + std::to_string(kMaxStartSeconds));
  return seconds;
}

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
    spec.address = value;
  }
  return spec;
}

void ParseTargets(int count, char** texts, CompareOptions& options) {
  for (int i = 0; i < count; ++i) {
    TargetSpec spec = ParseTarget(texts[i]);
    const auto same = [&](const TargetSpec& other) { return other.name == spec.name; };
    Require(std::ranges::none_of(options.targets, same),
            "the name '" + spec.name + "' is given twice; give each target its own");
    options.targets.push_back(std::move(spec));
  }
  Require(options.targets.size() >= 2,
          "give at least two targets to compare, each as NAME=HOST:PORT or NAME='COMMAND {port}'");
}

// Checks the options of a load with every address, as its parser checks both together.
Options ParseLoad(const std::vector<std::string>& words, const CompareOptions& options) {
  Options load;
  for (const TargetSpec& target : options.targets) {
    std::vector<std::string> with_target = words;
    with_target.push_back("--");
    with_target.push_back(target.command.empty() ? target.address : "127.0.0.1:1");
    load = ParseWords(std::move(with_target));
  }
  load.target.clear();
  // Below 2^53, so that every reader of the JSON keeps it whole.
  if (load.seed == 0) load.seed = 1 + (std::random_device{}() & 0x7fffffff);
  return load;
}

}  // namespace

CompareOptions ParseCompareOptions(int argc, char** argv) {
  CompareOptions options;
  std::vector<std::string> words{"compare"};
  words.insert(words.end(), std::begin(kShortRun), std::end(kShortRun));
  bool has_end = false;
  int index = 0;
  optind = 0;  // getopt_long(3): start over
  for (int option; (option = getopt_long(argc, argv, ":hc:t:s:d:n:r:", kOptions, &index)) != -1;) {
    const std::string value = optarg != nullptr ? optarg : "";
    has_end |= option == 'd' || option == 'n';
    if (option == 'h') {
      options.help = true;
      return options;
    } else if (option == '?' || option == ':') {
      RefuseOption(option, argv, "switchboard-load compare");
    } else if (option == kRounds) {
      options.rounds = Rounds(value);
    } else if (option == kStartTimeout) {
      options.start_timeout_s = StartTimeout(value);
    } else if (option == kJson) {
      options.json_path = value;
    } else if (option == kShared) {
      const bool flag = kOptions[index].has_arg == no_argument;
      words.push_back(std::string("--") + kOptions[index].name + (flag ? "" : "=" + value));
    } else {
      words.push_back(std::string("-") + static_cast<char>(option) + value);
    }
  }
  if (!has_end) words.push_back(kShortDuration);
  ParseTargets(argc - optind, argv + optind, options);
  options.load = ParseLoad(words, options);
  return options;
}

std::string_view CompareHelp() {
  return R"(usage: switchboard-load compare [OPTION]... NAME=HOST:PORT NAME='COMMAND {port}'...

Puts each target under the same load in turn, in rounds and within a round in random
order, and compares the medians with the first target's. A command is started here with
{port} replaced by a free port of 127.0.0.1, and ended afterwards; what it costs per
message is then shown too. Everything else of a load may be said as for a load:

      --rounds N           how often each target has its turn (9)
  -d, --duration SECONDS   length of the measured part of each turn (1)
      --warmup SECONDS     run first without measuring (0.2)
      --start-timeout SECONDS
                           how long a command may take until it listens (10)
      --json FILE          write every turn and the comparison
      --seed N             the random numbers, to repeat the order (drawn anew each time)
  -c, -t, -s, -n, -r, --depth, --arrivals, --connect-rate, --ramp, --calls-per-second,
  --messages-per-call, --source, --greeting, --quiet
                           as for a load; see switchboard-load --help

Exit status 3 if a target's echo was wrong; then nothing is compared.
)";
}

}  // namespace switchboard::load
