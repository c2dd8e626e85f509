#include "src/command_line.h"

#include <getopt.h>

#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>
#include <vector>

#include "src/linux/address.h"

namespace switchboard {

const char kHelpText[] =
    R"(Usage: switchboard [OPTION]...
A TCP echo server: one edge-triggered epoll reactor and a fixed pool of workers.

  -l, --listen [ADDRESS:]PORT[=SERVICE]
                             where to listen, repeatable; ADDRESS is IPv4, [IPv6]
                             or a host name; unix:/path is a unix socket; port 0
                             takes a free one; SERVICE is echo, discard, chargen
                             or daytime (default: 8000=echo, on every address)
  -w, --workers [SERVICE=]N  threads of the pool, 1 to 1024; with SERVICE, of a
                             pool of its own (default: one for each CPU)
      --greeting TEXT        what echo says to each new caller, with \n \r \t \\
                             and \xHH; empty for none
                             (default: hello from server\n)
      --once                 hang up after the first echo, of at most 1000 bytes
      --max-connections N    most live connections (default: what the descriptor
                             limit allows, less a reserve)
      --when-full hold|busy  at that limit, leave callers waiting in the backlog,
                             or turn them away (default: hold)
      --backlog N            callers that may wait (default: 4096)
      --idle-timeout SECONDS hang up where nothing moves; 0 for never (default: 0)
      --write-timeout SECONDS
                             hang up on a caller that does not read its echo; 0
                             for never (default: 60)
      --drain-timeout SECONDS
                             time for replies under way when told to stop
                             (default: 5)
      --read-buffer BYTES    most that one read takes, 1024 to 16777216
                             (default: 262144)
      --socket-buffer BYTES  kernel buffers of each connection (default: the
                             kernel's own sizing)
      --spin MICROSECONDS    a worker's bounded wait before it sleeps (default: 0)
      --trace                print what each caller says on standard output
      --log-level error|warn|info|debug
                             (default: info)
      --version              print the version and exit
      --help                 print this and exit

SIGTERM and SIGINT finish the replies under way and exit; a second one exits at
once. SIGUSR1 logs all counters.
)";

namespace {

[[noreturn]] void Wrong(const std::string& option, std::string_view value,
                        const std::string& wanted) {
  throw std::invalid_argument(option + " '" + std::string(value) + "' " + wanted);
}

int64_t ParseNumber(const std::string& option, std::string_view text, int64_t least, int64_t most) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < least ||
      value > most) {
    Wrong(option, text,
          "is not a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return value;
}

int ParseInt(const std::string& option, std::string_view text, int least, int most) {
  return static_cast<int>(ParseNumber(option, text, least, most));
}

// Seconds, also with a fraction, in milliseconds.
int64_t ParseSeconds(const std::string& option, std::string_view text) {
  constexpr double kMaxSeconds = 86400.0 * 365;
  double seconds = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
      !(seconds >= 0 && seconds <= kMaxSeconds) || (seconds > 0 && seconds < 0.001)) {
    Wrong(option, text, "is not a number of seconds, 0 or from 0.001 to 31536000");
  }
  return std::llround(seconds * 1000);
}

template <typename Enum>
Enum ParseWord(const std::string& option, std::string_view text,
               const std::map<std::string_view, Enum>& words) {
  const auto found = words.find(text);
  if (found != words.end()) return found->second;
  std::string known;
  for (const auto& [word, unused] : words) known += (known.empty() ? "" : ", ") + std::string(word);
  Wrong(option, text, "is none of " + known);
}

Listen ParseListen(const std::string& option, std::string_view text) {
  Listen listen;
  const size_t slash = text.rfind('/');
  const size_t begin = slash == std::string_view::npos ? 0 : slash;  // a path may hold '=' too
  const size_t equals = text.find('=', begin);
  if (equals != std::string_view::npos) {
    listen.service = text.substr(equals + 1);
    if (listen.service.empty()) Wrong(option, text, "names no service after '='");
  }
  listen.address = text.substr(0, equals);
  try {
    (void)sys::ParseEndpoint(listen.address);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(option + " " + error.what());
  }
  return listen;
}

void ParseWorkers(const std::string& option, std::string_view text, Options& options) {
  constexpr int kMost = 1024;
  const size_t equals = text.rfind('=');
  if (equals == std::string_view::npos) {
    options.workers = ParseInt(option, text, 1, kMost);
    return;
  }
  const std::string service(text.substr(0, equals));
  if (service.empty()) Wrong(option, text, "names no service before '='");
  options.service_workers[service] = ParseInt(option, text.substr(equals + 1), 1, kMost);
}

struct Setting {
  const char* name;
  char short_name;  // or 0
  bool takes_value;
  std::function<void(CommandLine&, const std::string& option, std::string_view value)> apply;
};

const std::vector<Setting>& Settings() {
  constexpr int kMaxInt = 1 << 30;
  using C = CommandLine;
  using S = const std::string&;
  using V = std::string_view;
  static const std::vector<Setting> settings = {
      {"listen", 'l', true, [](C& c, S o, V v) { c.options.listen.push_back(ParseListen(o, v)); }},
      {"workers", 'w', true, [](C& c, S o, V v) { ParseWorkers(o, v, c.options); }},
      {"greeting", 0, true, [](C& c, S, V v) { c.options.greeting = Unescape(v); }},
      {"once", 0, false, [](C& c, S, V) { c.options.once = true; }},
      {"max-connections", 0, true,
       [](C& c, S o, V v) { c.options.max_connections = ParseNumber(o, v, 1, kMaxInt); }},
      {"when-full", 0, true,
       [](C& c, S o, V v) {
         c.options.when_full =
             ParseWord<WhenFull>(o, v, {{"hold", WhenFull::kHold}, {"busy", WhenFull::kBusy}});
       }},
      {"backlog", 0, true, [](C& c, S o, V v) { c.options.backlog = ParseInt(o, v, 1, kMaxInt); }},
      {"idle-timeout", 0, true,
       [](C& c, S o, V v) { c.options.idle_timeout_ms = ParseSeconds(o, v); }},
      {"write-timeout", 0, true,
       [](C& c, S o, V v) { c.options.write_timeout_ms = ParseSeconds(o, v); }},
      {"drain-timeout", 0, true,
       [](C& c, S o, V v) { c.options.drain_timeout_ms = ParseSeconds(o, v); }},
      {"read-buffer", 0, true,
       [](C& c, S o, V v) { c.options.read_buffer_bytes = ParseInt(o, v, 1 << 10, 16 << 20); }},
      {"socket-buffer", 0, true,
       [](C& c, S o, V v) { c.options.socket_buffer_bytes = ParseInt(o, v, 1, kMaxInt); }},
      {"spin", 0, true, [](C& c, S o, V v) { c.options.spin_us = ParseInt(o, v, 0, 1'000'000); }},
      {"trace", 0, false, [](C& c, S, V) { c.options.trace = true; }},
      {"log-level", 0, true,
       [](C& c, S o, V v) {
         c.options.log_level = ParseWord<LogLevel>(o, v,
                                                   {{"error", LogLevel::kError},
                                                    {"warn", LogLevel::kWarn},
                                                    {"info", LogLevel::kInfo},
                                                    {"debug", LogLevel::kDebug}});
       }},
      {"version", 0, false, [](C& c, S, V) { c.action = C::Action::kVersion; }},
      {"help", 0, false, [](C& c, S, V) { c.action = C::Action::kHelp; }},
  };
  return settings;
}

}  // namespace

std::string Unescape(std::string_view text) {
  static const std::map<char, char> kSimple = {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'\\', '\\'}};
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      plain += text[i];
      continue;
    }
    const char kind = i + 1 < text.size() ? text[++i] : '\0';
    const auto simple = kSimple.find(kind);
    if (simple != kSimple.end()) {
      plain += simple->second;
      continue;
    }
    unsigned byte = 0;
    const char* const digits = text.data() + i + 1;
    if (kind != 'x' || i + 2 >= text.size() ||
        std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2) {
      Wrong("--greeting", text, "has a backslash that begins none of \\n \\r \\t \\\\ \\xHH");
    }
    plain += static_cast<char>(byte);
    i += 2;
  }
  return plain;
}

CommandLine ParseCommandLine(int argc, char** argv) {
  constexpr int kFirst = 256;  // beyond every character
  std::vector<option> long_options;
  std::string short_options = ":";
  for (const Setting& setting : Settings()) {
    const int value_kind = setting.takes_value ? required_argument : no_argument;
    long_options.push_back(
        {setting.name, value_kind, nullptr, kFirst + static_cast<int>(long_options.size())});
    if (setting.short_name != 0) short_options += {setting.short_name, ':'};
  }
  long_options.push_back({});

  CommandLine result;
  optind = 0;  // begin anew, getopt(3)
  for (;;) {
    const int here = optind == 0 ? 1 : optind;
    const int found = getopt_long(argc, argv, short_options.c_str(), long_options.data(), nullptr);
    if (found == -1) break;
    if (found == '?' && optopt >= kFirst) {
      throw std::invalid_argument(std::string("'") + argv[here] + "' takes no value");
    }
    if (found == '?') {
      throw std::invalid_argument(std::string("'") + argv[here] +
                                  "' is not an option, or short for several; --help lists them");
    }
    if (found == ':') {
      throw std::invalid_argument(std::string("'") + argv[here] +
                                  "' needs a value; --help says which");
    }
    for (size_t i = 0; i < Settings().size(); ++i) {
      const Setting& setting = Settings()[i];
      if (found != kFirst + static_cast<int>(i) && found != setting.short_name) continue;
      setting.apply(result, std::string("--") + setting.name, optarg == nullptr ? "" : optarg);
      break;
    }
    if (result.action != CommandLine::Action::kServe) return result;
  }
  if (optind < argc) {
    throw std::invalid_argument(std::string("'") + argv[optind] +
                                "' is not an option; an address is given with --listen");
  }
  return result;
}

}  // namespace switchboard
