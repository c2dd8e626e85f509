#include "bench/load/measure/options.h"

#include <getopt.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "bench/load/base/usage.h"
#include "bench/load/measure/histogram.h"
#include "src/linux/address.h"

namespace switchboard::load {
namespace {

constexpr int64_t kMaxConnections = 1'000'000;
constexpr int64_t kMaxThreads = 1024;
constexpr int64_t kMaxSizeBytes = 1 << 30;
constexpr int64_t kMaxDepth = 1 << 20;
constexpr int64_t kMaxRate = 1'000'000'000;
constexpr int64_t kMaxSeconds = 1'000'000;
// Of each step of --slo.
constexpr double kStepSeconds = 2;
constexpr double kStepWarmupSeconds = 0.3;
constexpr int kUnlimitedCalls = 1000;  // most calls at once, unless --connections says it

// An option by its long name, and the value that was given for it.
struct Given {
  const char* name;
  std::string_view value;
};

// What the words of the command line set.
struct Line : Options {
  double ramp_s = 0;
  std::set<std::string_view> given;  // long names

  bool Has(std::string_view name) const { return given.count(name) > 0; }
};

[[noreturn]] void Wrong(const Given& given, std::string_view way_out) {
  throw std::invalid_argument(std::string("--") + given.name + " cannot be '" +
                              std::string(given.value) + "'; " + std::string(way_out));
}

template <auto field, int64_t low, int64_t high>
void SetWhole(const Given& given, Line& line) {
  const int64_t number = WholeNumber(std::string("--") + given.name, given.value, low, high);
  line.*field = static_cast<std::decay_t<decltype(line.*field)>>(number);
}

// A decimal number above 0, or from 0 if `zero` is allowed.
template <auto field, int64_t high, bool zero = false>
void SetDecimal(const Given& given, Line& line) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(given.value.begin(), given.value.end(), number, std::chars_format::fixed);
  const bool in_range = number <= static_cast<double>(high) && (zero ? number >= 0 : number > 0);
  if (error != std::errc() || end != given.value.end() || !in_range || std::signbit(number)) {
    Wrong(given, std::string("give a number ") + (zero ? "from 0 to " : "above 0 and up to ") +
                     std::to_string(high));
  }
  line.*field = number;
}

template <auto field>
void SetText(const Given& given, Line& line) {
  line.*field = given.value;
}

template <auto field>
void SetTrue(const Given&, Line& line) {
  line.*field = true;
}

void SetSize(const Given& given, Line& line) {
  const std::string_view value = given.value;
  const size_t dash = value.find('-');
  const std::string_view high = dash == value.npos ? value : value.substr(dash + 1);
  int64_t low_bytes = 0, high_bytes = 0;
  if (!TakeWholeNumber(value.substr(0, dash), 1, kMaxSizeBytes, low_bytes) ||
      !TakeWholeNumber(high, low_bytes, kMaxSizeBytes, high_bytes)) {
    Wrong(given, "give bytes from 1 to " + std::to_string(kMaxSizeBytes) +
                     ", or a smaller and a larger size as in 64-1500");
  }
  line.min_size_bytes = static_cast<uint32_t>(low_bytes);
  line.max_size_bytes = static_cast<uint32_t>(high_bytes);
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Understands \n \r \t \\ \xHH, as the server's --greeting does.
std::string Unescape(const Given& given) {
  const std::string_view value = given.value;
  constexpr std::string_view kNames = "nrt\\", kBytes = "\n\r\t\\";
  std::string bytes;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\') {
      bytes += value[i];
      continue;
    }
    const char name = i + 1 < value.size() ? value[++i] : '\0';
    const size_t known = kNames.find(name);
    if (name != '\0' && known != kNames.npos) {
      bytes += kBytes[known];
      continue;
    }
    const int high = i + 1 < value.size() ? HexDigit(value[i + 1]) : -1;
    const int low = i + 2 < value.size() ? HexDigit(value[i + 2]) : -1;
    if (name != 'x' || high < 0 || low < 0) {
      Wrong(given, "after a backslash it understands n, r, t, \\ and xHH");
    }
    bytes += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return bytes;
}

void SetGreeting(const Given& given, Line& line) {
  line.greeting_text.clear();
  if (given.value == "auto") {
    line.greeting = Greeting::kAuto;
  } else if (given.value == "none" || given.value.empty()) {
    line.greeting = Greeting::kNone;
  } else {
    line.greeting = Greeting::kText;
    line.greeting_text = Unescape(given);
  }
}

void SetArrivals(const Given& given, Line& line) {
  if (given.value != "uniform" && given.value != "poisson") {
    Wrong(given, "give uniform or poisson");
  }
  line.arrivals = given.value == "poisson" ? Arrivals::kPoisson : Arrivals::kUniform;
}

void SetSources(const Given& given, Line& line) {
  const std::string_view value = given.value;
  line.sources.clear();
  line.source_auto = value == "auto";
  if (line.source_auto) return;
  for (size_t begin = 0; begin <= value.size();) {
    const size_t end = std::min(value.find(',', begin), value.size());
    const std::string_view address = value.substr(begin, end - begin);
    if (!sys::NumericAddress(address)) {
      Wrong(given, "give numeric local addresses with commas between, or auto");
    }
    line.sources.emplace_back(address);
    begin = end + 1;
  }
}

void SetSlo(const Given& given, Line& line) {
  constexpr std::string_view kWayOut =
      "write one of p50 p90 p99 p999 p9999 max, '=' and a time in us, ms or s, as in p99=1ms";
  constexpr std::pair<std::string_view, double> kUnits[] = {{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
  const size_t equals = given.value.find('=');
  line.slo_percentile = 0;
  for (const Percentile& each : kPercentiles) {
    if (given.value.substr(0, equals) == each.key) line.slo_percentile = each.percent;
  }
  if (equals == given.value.npos || line.slo_percentile == 0) Wrong(given, kWayOut);
  const std::string_view limit = given.value.substr(equals + 1);
  double number = 0;
  const auto [end, error] =
      std::from_chars(limit.begin(), limit.end(), number, std::chars_format::fixed);
  const std::string_view unit = limit.substr(end - limit.begin());
  line.slo_limit_ns = 0;
  for (const auto& [name, factor] : kUnits) {
    if (error == std::errc() && unit == name && number > 0 && number * factor <= 3.6e12) {
      line.slo_limit_ns = static_cast<int64_t>(number * factor);
    }
  }
  if (line.slo_limit_ns < Histogram::kLowestNs) Wrong(given, kWayOut);
}

// To add an option: its row here, and its line in OptionsHelp.
struct Row {
  const char* name;
  char letter;  // or 0
  void (*set)(const Given& given, Line& line);
  bool takes_value = true;
};

constexpr int64_t kMaxInteger = std::numeric_limits<int64_t>::max();
constexpr Row kRows[] = {
    {"connections", 'c', SetWhole<&Line::connections, 1, kMaxConnections>},
    {"threads", 't', SetWhole<&Line::threads, 1, kMaxThreads>},
    {"size", 's', SetSize},
    {"duration", 'd', SetDecimal<&Line::duration_s, kMaxSeconds>},
    {"messages", 'n', SetWhole<&Line::messages, 1, kMaxInteger>},
    {"warmup", 0, SetDecimal<&Line::warmup_s, kMaxSeconds, true>},
    {"depth", 0, SetWhole<&Line::depth, 1, kMaxDepth>},
    {"rate", 'r', SetDecimal<&Line::rate, kMaxRate>},
    {"arrivals", 0, SetArrivals},
    {"connect-rate", 0, SetDecimal<&Line::connect_rate, kMaxRate>},
    {"ramp", 0, SetDecimal<&Line::ramp_s, kMaxSeconds>},
    {"calls-per-second", 0, SetDecimal<&Line::calls_per_second, kMaxRate>},
    {"messages-per-call", 0, SetWhole<&Line::messages_per_call, 1, kMaxRate>},
    {"source", 0, SetSources},
    {"greeting", 0, SetGreeting},
    {"slo", 0, SetSlo},
    {"json", 0, SetText<&Line::json_path>},
    {"csv", 0, SetText<&Line::csv_path>},
    {"html", 0, SetText<&Line::html_path>},
    {"seed", 0, SetWhole<&Line::seed, 1, kMaxInteger>},
    {"quiet", 0, SetTrue<&Line::quiet>, false},
    {"help", 'h', SetTrue<&Line::help>, false},
    {"version", 0, SetTrue<&Line::version>, false},
};

// getopt_long returns a row's letter, or kFirstLong and its place.
const Row& RowOf(int code) {
  if (code >= kFirstLong) return kRows[code - kFirstLong];
  return *std::ranges::find(kRows, static_cast<char>(code), &Row::letter);
}

// The options of the words; the target's place is `optind` afterwards.
Line TakeWords(int argc, char** argv) {
  std::vector<option> table;
  std::string letters = ":";
  for (const Row& row : kRows) {
    const int place = kFirstLong + static_cast<int>(table.size());
    table.push_back({row.name, row.takes_value ? required_argument : no_argument, nullptr,
                     row.letter != 0 ? row.letter : place});
    if (row.letter != 0) letters += row.letter;
    if (row.letter != 0 && row.takes_value) letters += ':';
  }
  table.push_back({nullptr, 0, nullptr, 0});
  Line line;
  optind = 0;  // starts getopt anew
  for (int code; (code = getopt_long(argc, argv, letters.c_str(), table.data(), nullptr)) != -1;) {
    if (code == ':' || code == '?') RefuseOption(code, argv, "switchboard-load");
    const Row& row = RowOf(code);
    row.set({row.name, optarg != nullptr ? optarg : ""}, line);
    line.given.insert(row.name);
  }
  return line;
}

// What makes sense of each option alone but not of them together.
void CheckTogether(const Line& options) {
  const bool open = options.IsOpenLoop() || options.slo_percentile > 0;
  Require(options.threads <= options.connections,
          "--threads cannot be more than --connections; each thread needs a connection of its own");
  Require(!open || !options.IsChurn(),
          "--rate and --slo cannot go with --calls-per-second or --messages-per-call; leave out "
          "one of them");
  Require(!options.IsOpenLoop() || options.slo_percentile == 0,
          "--slo searches the rate itself; leave out --rate");
  Require(options.messages == 0 || options.slo_percentile == 0,
          "--messages cannot go with --slo, whose steps have as many as the percentile needs; give "
          "--duration for longer ones");
  Require(!open || !options.Has("depth"),
          "--depth is for the closed loop; leave it out, or --rate and --slo");
  Require(open || options.arrivals == Arrivals::kUniform || options.calls_per_second > 0,
          "--arrivals poisson needs a schedule; give --rate or --calls-per-second");
  Require(!options.Has("ramp") || !options.Has("connect-rate"),
          "--ramp and --connect-rate say the same; leave out one of them");
}

// What one option means for others that were not given.
void SetDefaults(Line& line) {
  if (line.messages > 0 && !line.Has("duration")) line.duration_s = 0;
  if (line.slo_percentile > 0) {
    if (!line.Has("duration")) line.duration_s = kStepSeconds;
    if (!line.Has("warmup")) line.warmup_s = kStepWarmupSeconds;
  }
  if (line.calls_per_second > 0) {
    if (line.messages_per_call == 0) line.messages_per_call = 1;
    if (!line.Has("connections")) line.connections = kUnlimitedCalls;
  }
  if (line.ramp_s > 0) line.connect_rate = line.connections / line.ramp_s;
}

}  // namespace

Options ParseOptions(int argc, char** argv) {
  Line line = TakeWords(argc, argv);
  if (line.help || line.version) return line;
  Require(optind < argc, "say what to call: HOST:PORT, [IPV6]:PORT or unix:/path; see --help");
  Require(optind + 1 == argc, "give one target only; every option goes with its own value");
  line.target = argv[optind];
  const sys::Endpoint endpoint = sys::ParseEndpoint(line.target);
  Require(!endpoint.unix_path.empty() || endpoint.port != 0,
          "the target needs a port from 1 to 65535, as in 127.0.0.1:8000");
  SetDefaults(line);
  CheckTogether(line);
  return line;
}

Options ParseWords(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return ParseOptions(static_cast<int>(words.size()), argv.data());
}

std::string_view OptionsHelp() {
  return R"(  -c, --connections N      connections to open (1)
  -t, --threads N          threads, each with its own event loop and connections (1)
  -s, --size BYTES         message size; A-B for sizes spread evenly between (64)
  -d, --duration SECONDS   length of the measured part (10)
  -n, --messages N         end after this many messages instead, or as well
      --warmup SECONDS     run first without measuring (1)
      --depth N            closed loop: messages in flight on each connection (1)
  -r, --rate N             open loop: messages per second over all connections, sent on
                           schedule whether or not replies have come
      --arrivals uniform|poisson
                           spacing of a schedule (uniform)
      --connect-rate N     connections to open per second (as fast as it goes)
      --ramp SECONDS       the same, as the time to open all of them
      --calls-per-second N connect, send messages, hang up, on a schedule
      --messages-per-call K
                           hang up after K replies and connect again (1 with
                           --calls-per-second)
      --source ADDRESS[,ADDRESS..]|auto
                           local addresses to call from, in turn; auto spreads calls to
                           127.0.0.0/8 over that network (auto)
      --greeting auto|none|TEXT
                           what the server says first; auto listens for 200 ms on a first
                           connection (auto); TEXT understands \n \r \t \\ \xHH
      --slo p99=1ms        find the highest rate at which the percentile stays in the limit,
                           in steps of --duration (2), or longer where the percentile
                           needs more messages, each after its own --warmup (0.3)
      --json FILE          write everything that was measured
      --csv FILE           write the timeline, one line a second
      --html FILE          write a report for a browser
      --seed N             the random numbers, to repeat a run (drawn anew each time)
      --quiet              no progress line
  -h, --help               this text
      --version

The first Ctrl-C ends the run early and reports what was measured, the second ends the
program. Exit status: 0 it was measured (the verdict says how well), 1 it could not be,
2 wrong use, 3 an echo was wrong.
)";
}

}  // namespace switchboard::load
