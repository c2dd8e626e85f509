#include "bench/load/options.h"

#include <getopt.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "bench/load/histogram.h"
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

[[noreturn]] void Wrong(std::string_view option, std::string_view value, std::string_view way_out) {
  throw std::invalid_argument("--" + std::string(option) + " cannot be '" + std::string(value) +
                              "'; " + std::string(way_out));
}

bool TakeWhole(std::string_view text, int64_t low, int64_t high, int64_t& number) {
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  return error == std::errc() && end == text.end() && number >= low && number <= high;
}

int64_t Whole(std::string_view option, std::string_view value, int64_t low, int64_t high) {
  int64_t number = 0;
  if (!TakeWhole(value, low, high, number)) {
    Wrong(option, value,
          "give a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  }
  return number;
}

// A decimal number above 0, or from 0 if `zero` is allowed.
double Decimal(std::string_view option, std::string_view value, int64_t high, bool zero) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(value.begin(), value.end(), number, std::chars_format::fixed);
  const bool in_range = number <= static_cast<double>(high) && (zero ? number >= 0 : number > 0);
  if (error != std::errc() || end != value.end() || !in_range || std::signbit(number)) {
    Wrong(option, value,
          std::string("give a number ") + (zero ? "from 0 to " : "above 0 and up to ") +
              std::to_string(high));
  }
  return number;
}

void ParseSize(std::string_view value, Options& options) {
  const size_t dash = value.find('-');
  const std::string_view high = dash == value.npos ? value : value.substr(dash + 1);
  int64_t low_bytes = 0, high_bytes = 0;
  if (!TakeWhole(value.substr(0, dash), 1, kMaxSizeBytes, low_bytes) ||
      !TakeWhole(high, low_bytes, kMaxSizeBytes, high_bytes)) {
    Wrong("size", value,
          "give bytes from 1 to " + std::to_string(kMaxSizeBytes) +
              ", or a smaller and a larger size as in 64-1500");
  }
  options.min_size_bytes = static_cast<uint32_t>(low_bytes);
  options.max_size_bytes = static_cast<uint32_t>(high_bytes);
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Understands \n \r \t \\ \xHH, as the server's --greeting does.
std::string Unescape(std::string_view value) {
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
      Wrong("greeting", value, "after a backslash it understands n, r, t, \\ and xHH");
    }
    bytes += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return bytes;
}

void ParseGreeting(std::string_view value, Options& options) {
  options.greeting_text.clear();
  if (value == "auto") {
    options.greeting = Greeting::kAuto;
  } else if (value == "none" || value.empty()) {
    options.greeting = Greeting::kNone;
  } else {
    options.greeting = Greeting::kText;
    options.greeting_text = Unescape(value);
  }
}

void ParseSources(std::string_view value, Options& options) {
  options.sources.clear();
  options.source_auto = value == "auto";
  if (options.source_auto) return;
  for (size_t begin = 0; begin <= value.size();) {
    const size_t end = std::min(value.find(',', begin), value.size());
    const std::string_view address = value.substr(begin, end - begin);
    if (!sys::NumericAddress(address)) {
      Wrong("source", value, "give numeric local addresses with commas between, or auto");
    }
    options.sources.emplace_back(address);
    begin = end + 1;
  }
}

void ParseSlo(std::string_view value, Options& options) {
  constexpr std::string_view kWayOut =
      "write one of p50 p90 p99 p999 p9999 max, '=' and a time in us, ms or s, as in p99=1ms";
  constexpr std::pair<std::string_view, double> kPercentiles[] = {
      {"p50", 50}, {"p90", 90}, {"p99", 99}, {"p999", 99.9}, {"p9999", 99.99}, {"max", 100}};
  constexpr std::pair<std::string_view, double> kUnits[] = {{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
  const size_t equals = value.find('=');
  options.slo_percentile = 0;
  for (const auto& [name, percentile] : kPercentiles) {
    if (value.substr(0, equals) == name) options.slo_percentile = percentile;
  }
  if (equals == value.npos || options.slo_percentile == 0) Wrong("slo", value, kWayOut);
  const std::string_view limit = value.substr(equals + 1);
  double number = 0;
  const auto [end, error] =
      std::from_chars(limit.begin(), limit.end(), number, std::chars_format::fixed);
  const std::string_view unit = limit.substr(end - limit.begin());
  options.slo_limit_ns = 0;
  for (const auto& [name, factor] : kUnits) {
    if (error == std::errc() && unit == name && number > 0 && number * factor <= 3.6e12) {
      options.slo_limit_ns = static_cast<int64_t>(number * factor);
    }
  }
  if (options.slo_limit_ns < Histogram::kLowestNs) Wrong("slo", value, kWayOut);
}

enum Long : int {
  kWarmup = 256,
  kDepth,
  kArrivals,
  kConnectRate,
  kRamp,
  kCallsPerSecond,
  kMessagesPerCall,
  kSource,
  kGreeting,
  kSlo,
  kJson,
  kCsv,
  kHtml,
  kSeed,
  kQuiet,
};

constexpr option kOptions[] = {
    {"connections", required_argument, nullptr, 'c'},
    {"threads", required_argument, nullptr, 't'},
    {"size", required_argument, nullptr, 's'},
    {"duration", required_argument, nullptr, 'd'},
    {"messages", required_argument, nullptr, 'n'},
    {"warmup", required_argument, nullptr, kWarmup},
    {"depth", required_argument, nullptr, kDepth},
    {"rate", required_argument, nullptr, 'r'},
    {"arrivals", required_argument, nullptr, kArrivals},
    {"connect-rate", required_argument, nullptr, kConnectRate},
    {"ramp", required_argument, nullptr, kRamp},
    {"calls-per-second", required_argument, nullptr, kCallsPerSecond},
    {"messages-per-call", required_argument, nullptr, kMessagesPerCall},
    {"source", required_argument, nullptr, kSource},
    {"greeting", required_argument, nullptr, kGreeting},
    {"slo", required_argument, nullptr, kSlo},
    {"json", required_argument, nullptr, kJson},
    {"csv", required_argument, nullptr, kCsv},
    {"html", required_argument, nullptr, kHtml},
    {"seed", required_argument, nullptr, kSeed},
    {"quiet", no_argument, nullptr, kQuiet},
    {nullptr, 0, nullptr, 0},
};

void Apply(int option, std::string_view value, Options& options) {
  switch (option) {
    case 'c':
      options.connections = static_cast<int>(Whole("connections", value, 1, kMaxConnections));
      break;
    case 't':
      options.threads = static_cast<int>(Whole("threads", value, 1, kMaxThreads));
      break;
    case 's':
      ParseSize(value, options);
      break;
    case 'd':
      options.duration_s = Decimal("duration", value, kMaxSeconds, false);
      break;
    case 'n':
      options.messages = Whole("messages", value, 1, std::numeric_limits<int64_t>::max());
      break;
    case 'r':
      options.rate = Decimal("rate", value, kMaxRate, false);
      break;
    case kWarmup:
      options.warmup_s = Decimal("warmup", value, kMaxSeconds, true);
      break;
    case kDepth:
      options.depth = static_cast<int>(Whole("depth", value, 1, kMaxDepth));
      break;
    case kArrivals:
      if (value != "uniform" && value != "poisson") {
        Wrong("arrivals", value, "give uniform or poisson");
      }
      options.arrivals = value == "poisson" ? Arrivals::kPoisson : Arrivals::kUniform;
      break;
    case kConnectRate:
      options.connect_rate = Decimal("connect-rate", value, kMaxRate, false);
      break;
    case kCallsPerSecond:
      options.calls_per_second = Decimal("calls-per-second", value, kMaxRate, false);
      break;
    case kMessagesPerCall:
      options.messages_per_call = Whole("messages-per-call", value, 1, kMaxRate);
      break;
    case kSource:
      ParseSources(value, options);
      break;
    case kGreeting:
      ParseGreeting(value, options);
      break;
    case kSlo:
      ParseSlo(value, options);
      break;
    case kJson:
      options.json_path = value;
      break;
    case kCsv:
      options.csv_path = value;
      break;
    case kHtml:
      options.html_path = value;
      break;
    case kSeed:
      options.seed = Whole("seed", value, 1, std::numeric_limits<int64_t>::max());
      break;
    case kQuiet:
      options.quiet = true;
      break;
  }
}

void Require(bool condition, const char* sentence) {
  if (!condition) throw std::invalid_argument(sentence);
}

// What makes sense of each option alone but not of them together.
void CheckTogether(const Options& options, bool depth_given) {
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
  Require(!open || !depth_given,
          "--depth is for the closed loop; leave it out, or --rate and --slo");
  Require(open || options.arrivals == Arrivals::kUniform || options.calls_per_second > 0,
          "--arrivals poisson needs a schedule; give --rate or --calls-per-second");
}

}  // namespace

Options ParseOptions(int argc, char** argv) {
  Options options;
  bool connections = false, duration = false, depth = false, warmup = false;
  double ramp_s = 0;
  optind = 0;  // starts getopt anew
  int option;
  while ((option = getopt_long(argc, argv, ":c:t:s:d:n:r:", kOptions, nullptr)) != -1) {
    if (option == ':' || option == '?') {
      const std::string given = argv[optind - 1];
      const char* what =
          option == ':' ? "' needs a value; see --help" : "' is not known; see --help";
      throw std::invalid_argument("the option '" + given + what);
    }
    connections |= option == 'c';
    duration |= option == 'd';
    depth |= option == kDepth;
    warmup |= option == kWarmup;
    if (option == kRamp) {
      ramp_s = Decimal("ramp", optarg, kMaxSeconds, false);
    } else {
      Apply(option, optarg != nullptr ? optarg : "", options);
    }
  }
  Require(optind < argc, "say what to call: HOST:PORT, [IPV6]:PORT or unix:/path; see --help");
  Require(optind + 1 == argc, "give one target only; every option goes with its own value");
  options.target = argv[optind];
  const sys::Endpoint endpoint = sys::ParseEndpoint(options.target);
  Require(!endpoint.unix_path.empty() || endpoint.port != 0,
          "the target needs a port from 1 to 65535, as in 127.0.0.1:8000");
  if (options.messages > 0 && !duration) options.duration_s = 0;
  if (options.slo_percentile > 0) {
    if (!duration) options.duration_s = kStepSeconds;
    if (!warmup) options.warmup_s = kStepWarmupSeconds;
  }
  if (options.calls_per_second > 0) {
    if (options.messages_per_call == 0) options.messages_per_call = 1;
    if (!connections) options.connections = kUnlimitedCalls;
  }
  Require(ramp_s == 0 || options.connect_rate == 0,
          "--ramp and --connect-rate say the same; leave out one of them");
  if (ramp_s > 0) options.connect_rate = options.connections / ramp_s;
  CheckTogether(options, depth);
  return options;
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
)";
}

}  // namespace switchboard::load
