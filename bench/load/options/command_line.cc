#include "bench/load/options/command_line.h"

#include <getopt.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <type_traits>

#include "bench/load/base/descriptors.h"
#include "bench/load/base/split.h"
#include "bench/load/base/units.h"
#include "bench/load/base/utf8.h"
#include "bench/load/options/help.h"
#include "bench/load/options/table.h"
#include "src/linux/address.h"
#include "src/linux/process.h"

namespace switchboard::load {
namespace {

// What getopt_long returns for an option without a letter: this and its place.
constexpr int kFirstLong = 256;
// Of each step of --slo.
constexpr double kStepSeconds = 2;
constexpr double kStepWarmupSeconds = 0.3;
constexpr double kUntilSeconds = 60;             // at most, with --until
constexpr int64_t kServiceLevelNs = 20'000'000;  // with --patience, as the target of `staff`
constexpr int64_t kUnlimitedCalls = 1000;        // most calls at once, unless --connections says it

using Rows = std::vector<const OptionRow*>;

// Whether `word` is the long form, maybe short for it, of an option that has the letter `optopt`.
bool IsLongFormOf(std::string_view word, const Rows& rows) {
  const std::string_view name = word.substr(0, word.find('='));
  return name.size() > 2 && std::ranges::any_of(rows, [&](const OptionRow* row) {
           return row->letter == optopt && ("--" + std::string(row->name)).starts_with(name);
         });
}

// Refuses what getopt_long has just returned ':' or '?' for.
[[noreturn]] void RefuseOption(int code, char** argv, const Rows& rows, Subcommand subcommand) {
  std::string word = argv[optind - 1];
  const bool is_long = optopt == 0 || optopt >= kFirstLong || IsLongFormOf(word, rows);
  // A word of several letters is not yet passed when one of them is unknown.
  if (!is_long) word = std::string("-") + static_cast<char>(optopt);
  const char* what = is_long ? "' takes no value" : "' is not known";
  if (optopt == 0) what = "' is not known, or short for several";
  if (code == ':') what = "' needs a value";
  throw std::invalid_argument("the option '" + word + what + "; see " + ProgramName(subcommand) +
                              " --help");
}

// The table as getopt_long(3) wants it.
struct GetoptTable {
  explicit GetoptTable(const Rows& rows) {
    for (const OptionRow* row : rows) {
      const int place = kFirstLong + static_cast<int>(names.size());
      const bool flag = row->value == nullptr;
      names.push_back({row->name, flag ? no_argument : required_argument, nullptr,
                       row->letter != 0 ? row->letter : place});
      if (row->letter != 0) letters += std::string(1, row->letter) + (flag ? "" : ":");
    }
    names.push_back({nullptr, 0, nullptr, 0});
  }

  std::vector<option> names;
  std::string letters = ":";
};

// `word` as a shell reads it back.
std::string Quoted(const std::string& word) {
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("%+,-./:=@_").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string CommandText(Subcommand subcommand, int argc, char** argv) {
  std::string text = ProgramName(subcommand);
  for (int i = 1; i < argc; ++i) text += " " + Quoted(argv[i]);
  return text;
}

// As many as this process may have descriptors for.
int MostCalls(int threads) {
  const int64_t room = sys::RaiseDescriptorLimit() - DescriptorsBeside(threads);
  return static_cast<int>(std::clamp<int64_t>(room, 1, kUnlimitedCalls));
}

// What one machine does of the load that several make together.
void TakeShare(const CommandLine& line, Options& load) {
  const int index = load.share - 1;
  const auto take = [&](const char* option, auto& whole) {
    const auto part = PartOf(static_cast<uint64_t>(whole), load.shares, index);
    Require(part > 0,
            Format("--share %d/%d of --%s %lld is none; give at least %d, or fewer shares",
                   load.share, load.shares, option, static_cast<long long>(whole), load.shares));
    whole = static_cast<std::decay_t<decltype(whole)>>(part);
  };
  // How many calls at once a machine can have is its own affair, unless it was said.
  if (load.calls_per_second == 0 || line.Has("connections")) take("connections", load.connections);
  if (load.messages > 0) take("messages", load.messages);
  for (double* rate : {&load.rate, &load.connect_rate, &load.calls_per_second}) {
    *rate = PartOf(*rate, load.shares, index);
  }
}

void CheckStart(const CommandLine& line, const Options& load) {
  for (const char* option : {"share", "start-at", "ready-fd", "start-on-stdin"}) {
    Require(load.slo_percentile == 0 || !line.Has(option),
            std::string("--") + option +
                " cannot go with --slo, which is a search in many runs; give --rate");
  }
  Require(!load.start.at_s || !load.start.on_stdin,
          "--start-at and --start-on-stdin both say when to begin; leave out one of them");
}

// What makes sense of each option alone but not of them together.
void CheckTogether(const CommandLine& line, const Options& load) {
  const bool open = load.IsOpenLoop() || load.slo_percentile > 0;
  Require(load.threads <= load.connections,
          "--threads cannot be more than --connections" +
              (load.shares > 1 ? ", of which this share has " + std::to_string(load.connections)
                               : std::string()) +
              "; each thread needs a connection of its own");
  Require(!open || !load.IsChurn(),
          "--rate and --slo cannot go with --calls-per-second or --messages-per-call; leave out "
          "one of them");
  Require(!load.IsOpenLoop() || load.slo_percentile == 0,
          "--slo searches the rate itself; leave out --rate");
  Require(load.messages == 0 || load.slo_percentile == 0,
          "--messages cannot go with --slo, whose steps have as many as the percentile needs; give "
          "--duration for longer ones");
  const bool is_staffing = !line.staffing.rates.empty();  // which has a --status of its own
  Require(is_staffing || line.anatomy == line.Has("status"),
          "--anatomy needs the server's --status, and --status is for it; give both or neither");
  Require(!line.anatomy || load.slo_percentile == 0,
          "--anatomy cannot go with --slo, which is a search in many runs; give --rate");
  Require(load.until.empty() || load.slo_percentile == 0,
          "--until cannot go with --slo, whose steps have a length of their own; leave out one of "
          "them");
  Require(load.until.empty() || load.messages == 0,
          "--until finds itself how many messages it needs; leave out --messages, and give "
          "--duration for the longest time");
  for (const char* option : {"patience", "service-level"}) {
    Require(load.slo_percentile == 0 || !line.Has(option),
            std::string("--") + option +
                " cannot go with --slo, which looks for the rate at which nobody waits too long; "
                "give --rate");
  }
  Require(!open || !line.Has("depth"),
          "--depth is for the closed loop; leave it out, or --rate and --slo");
  Require(open || load.arrivals == Arrivals::kUniform || load.calls_per_second > 0,
          "--arrivals poisson needs a schedule; give --rate or --calls-per-second");
  CheckStart(line, load);
  for (const char* option : {"connect-rate", "ramp"}) {
    Require(load.calls_per_second == 0 || !line.Has(option),
            std::string("--") + option +
                " is for connections that are opened before the run; --calls-per-second says "
                "when each is opened: leave out one of them");
  }
  Require(!line.Has("ramp") || !line.Has("connect-rate"),
          "--ramp and --connect-rate say the same; leave out one of them");
}

}  // namespace

void Require(bool condition, const std::string& otherwise) {
  if (!condition) throw std::invalid_argument(otherwise);
}

CommandLine ParseCommandLine(Subcommand subcommand, int argc, char** argv) {
  const Rows rows = OptionsOf(subcommand);
  const GetoptTable table(rows);
  CommandLine line;
  line.as_typed = CommandText(subcommand, argc, argv);  // before getopt_long puts it in order
  for (const OptionRow* row : rows) {
    if (row->otherwise != nullptr) row->set({row->name, row->otherwise}, line);
  }
  optind = 0;  // starts getopt anew
  opterr = 0;
  int code;
  while ((code = getopt_long(argc, argv, table.letters.c_str(), table.names.data(), nullptr)) !=
         -1) {
    if (code == ':' || code == '?') RefuseOption(code, argv, rows, subcommand);
    const auto by_letter = [&](const OptionRow* row) { return row->letter == code; };
    const OptionRow& row = code >= kFirstLong ? *rows[static_cast<size_t>(code - kFirstLong)]
                                              : **std::ranges::find_if(rows, by_letter);
    row.set({row.name, optarg != nullptr ? optarg : ""}, line);
    line.given.insert(row.name);
  }
  line.operands.assign(argv + optind, argv + argc);
  for (const std::string& operand : line.operands) {
    Require(IsUtf8(operand), "'" + operand +
                                 "' is not UTF-8, which a report that names it has to " +
                                 "be; give it another name");
  }
  line.outputs.RequireDistinct();
  return line;
}

Options CompleteLoad(const CommandLine& line, const std::string& target) {
  Options load = line.load;
  load.target = target;
  const sys::Endpoint endpoint = sys::ParseEndpoint(target);
  Require(!endpoint.unix_path.empty() || endpoint.port != 0,
          "the target needs a port from 1 to 65535, as in 127.0.0.1:8000");
  if (load.messages > 0 && !line.Has("duration")) load.duration_s = 0;
  if (load.slo_percentile > 0) {
    if (!line.Has("duration")) load.duration_s = kStepSeconds;
    if (!line.Has("warmup")) load.warmup_s = kStepWarmupSeconds;
  }
  if (!load.until.empty() && !line.Has("duration")) load.duration_s = kUntilSeconds;
  if (load.calls_per_second > 0) {
    if (load.messages_per_call == 0) load.messages_per_call = 1;
    if (!line.Has("connections")) load.connections = MostCalls(load.threads);
  }
  if (load.HasPatience() && load.service_level_ns == 0) load.service_level_ns = kServiceLevelNs;
  if (line.ramp_s > 0) load.connect_rate = load.connections / line.ramp_s;
  load.start.on_stdin = line.start_on_stdin;
  TakeShare(line, load);
  CheckTogether(line, load);
  return load;
}

}  // namespace switchboard::load
