#include "src/options/kinds.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <stdexcept>

#include "src/linux/address.h"
#include "src/proxy/trusted_peers.h"
#include "src/status/http_request.h"

namespace switchboard {
namespace {

constexpr int64_t kMaxSeconds = int64_t{86400} * 365;
constexpr int kMaxWorkers = 1024;
constexpr size_t kMaxGreetingBytes = 1000;
constexpr int kMostMode = 0777;
constexpr int64_t kMaxId = 4294967294;  // one more stands for nobody

[[noreturn]] void Wrong(std::string_view text, const std::string& complaint) {
  throw std::invalid_argument("'" + std::string(text) + "' " + complaint);
}

std::string RangeText(int64_t least, int64_t most) {
  return std::to_string(least) + " to " + std::to_string(most);
}

int64_t ReadWhole(std::string_view text, int64_t least, int64_t most) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < least ||
      value > most) {
    Wrong(text, "is not a whole number from " + RangeText(least, most));
  }
  return value;
}

void CheckWhole(const std::string& field, int64_t value, int64_t least, int64_t most) {
  if (value >= least && value <= most) return;
  throw std::invalid_argument("Options::" + field + " " + std::to_string(value) +
                              " is out of range; give a number from " + RangeText(least, most));
}

int64_t ReadSeconds(std::string_view text) {
  double seconds = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
      !(seconds >= 0 && seconds <= kMaxSeconds) || (seconds > 0 && seconds < 0.001)) {
    Wrong(text, "is not a number of seconds, 0 or from 0.001 to " + std::to_string(kMaxSeconds));
  }
  return std::llround(seconds * 1000);
}

int ReadMode(std::string_view text) {
  int mode = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || mode < 0 ||
      mode > kMostMode) {
    Wrong(text, "is no mode in octal from 0 to 777");
  }
  return mode;
}

template <typename Int>
Kind WholeOf(const char* field, Int ProgramOptions::*member, const char* value, Int least, Int most,
             Zero zero) {
  const Int least_in_field = zero == Zero::kIsTheDefault ? 0 : least;
  return {.fields = {field},
          .value = value,
          .range = RangeText(least, most),
          .initial = std::to_string(ProgramOptions().*member),
          .read =
              [=](std::string_view text, ProgramOptions& options) {
                options.*member = static_cast<Int>(ReadWhole(text, least, most));
              },
          .check =
              [=](const ProgramOptions& o) { CheckWhole(field, o.*member, least_in_field, most); }};
}

template <typename Enum>
Kind WordOf(const char* field, Enum ProgramOptions::*member,
            std::vector<std::pair<std::string, Enum>> words) {
  std::string choice, list, initial;
  for (const auto& [word, meant] : words) {
    choice += (choice.empty() ? "" : "|") + word;
    list += (list.empty() ? "" : ", ") + word;
    if (meant == ProgramOptions().*member) initial = word;
  }
  return {.fields = {field},
          .value = choice,
          .range = list,
          .initial = initial,
          .read = [=](std::string_view text, ProgramOptions& options) {
            const auto found = std::ranges::find(words, text, &decltype(words)::value_type::first);
            if (found == words.end()) Wrong(text, "is none of " + list);
            options.*member = found->second;
          }};
}

Listen ReadListen(std::string_view text) {
  constexpr std::string_view kProxy = ",proxy";
  Listen listen;
  const size_t slash = text.rfind('/');
  const size_t begin = slash == std::string_view::npos ? 0 : slash;  // a path may hold '=' too
  const size_t equals = text.find('=', begin);
  if (equals != std::string_view::npos) {
    std::string_view service = text.substr(equals + 1);
    listen.proxy = service.ends_with(kProxy);
    if (listen.proxy) service.remove_suffix(kProxy.size());
    listen.service = service;
    if (service.find(',') != std::string_view::npos) {
      Wrong(text, "has a ',' behind its service, where only ',proxy' may stand");
    }
    if (listen.service.empty()) Wrong(text, "names no service after '='");
  }
  listen.address = text.substr(0, equals);
  (void)sys::ParseEndpoint(listen.address);
  return listen;
}

void CheckListen(const Options& options) {
  for (const Listen& listen : options.listen) {
    try {
      (void)sys::ParseEndpoint(listen.address);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(std::string("Options::listen ") + error.what());
    }
  }
}

// Commas stand between them, and it may be given more than once.
void ReadProxyFrom(std::string_view text, Options& options) {
  const size_t first = options.proxy_from.size();
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    options.proxy_from.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  (void)TrustedPeers(std::span(options.proxy_from).subspan(first));
}

void CheckProxyFrom(const Options& options) {
  try {
    (void)TrustedPeers(options.proxy_from);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(std::string("Options::proxy_from ") + error.what());
  }
}

void ReadWorkers(std::string_view text, Options& options) {
  const size_t equals = text.rfind('=');
  if (equals == std::string_view::npos) {
    options.workers = static_cast<int>(ReadWhole(text, 1, kMaxWorkers));
    return;
  }
  const std::string service(text.substr(0, equals));
  if (service.empty()) Wrong(text, "names no service before '='");
  options.service_workers[service] =
      static_cast<int>(ReadWhole(text.substr(equals + 1), 1, kMaxWorkers));
}

void CheckWorkers(const Options& options) {
  CheckWhole("workers", options.workers, 0, kMaxWorkers);
  for (const auto& [service, workers] : options.service_workers) {
    CheckWhole("service_workers of " + service, workers, 1, kMaxWorkers);
  }
}

sys::User ReadUser(std::string_view text) {
  const size_t colon = text.find(':');
  const int64_t uid = ReadWhole(text.substr(0, colon), 1, kMaxId);
  const bool alone = colon == std::string_view::npos;
  const int64_t gid = alone ? uid : ReadWhole(text.substr(colon + 1), 1, kMaxId);
  return {static_cast<uid_t>(uid), static_cast<gid_t>(gid)};
}

// Takes \n \r \t \\ \xHH for what they stand for.
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
      Wrong(text, "has a backslash that begins none of \\n \\r \\t \\\\ \\xHH");
    }
    plain += static_cast<char>(byte);
    i += 2;
  }
  return plain;
}

// As the load harness takes its --greeting.
std::string ReadGreeting(std::string_view text) { return text == "none" ? "" : Unescape(text); }

void CheckGreeting(const Options& options) {
  const size_t bytes = options.greeting.size();
  if (bytes <= kMaxGreetingBytes) return;
  throw std::invalid_argument("Options::greeting of " + std::to_string(bytes) +
                              " bytes is too long; give at most " +
                              std::to_string(kMaxGreetingBytes));
}

}  // namespace

Kind Switch(const char* field, bool ProgramOptions::*member) {
  return {.fields = {field},
          .initial = "off",
          .read = [=](std::string_view, ProgramOptions& options) { options.*member = true; }};
}

Kind Whole(const char* field, int ProgramOptions::*member, const char* value, int least, int most,
           Zero zero) {
  return WholeOf(field, member, value, least, most, zero);
}

Kind Whole(const char* field, int64_t ProgramOptions::*member, const char* value, int64_t least,
           int64_t most, Zero zero) {
  return WholeOf(field, member, value, least, most, zero);
}

Kind Seconds(const char* field, int64_t ProgramOptions::*member, int64_t least) {
  return {.fields = {field},
          .value = "SECONDS",
          .range = RangeText(least, kMaxSeconds),
          .initial = InSeconds(ProgramOptions().*member),
          .read =
              [=](std::string_view text, ProgramOptions& options) {
                const int64_t read_ms = ReadSeconds(text);
                if (read_ms < least * 1000) {
                  Wrong(text, "is less than " + std::to_string(least) + " seconds");
                }
                options.*member = read_ms;
              },
          .check =
              [=](const ProgramOptions& o) {
                CheckWhole(field, o.*member, least * 1000, kMaxSeconds * 1000);
              }};
}

std::string InSeconds(int64_t ms) {
  char text[32];
  const double seconds = static_cast<double>(ms) / 1000;
  return {text, std::to_chars(text, text + sizeof(text), seconds, std::chars_format::fixed).ptr};
}

Kind Mode(const char* field, int ProgramOptions::*member) {
  return {.fields = {field},
          .value = "OCTAL",
          .range = "0 to 777",
          .read = [=](std::string_view text,
                      ProgramOptions& options) { options.*member = ReadMode(text); },
          .check = [=](const ProgramOptions& o) { CheckWhole(field, o.*member, -1, kMostMode); }};
}

Kind Word(const char* field, WhenFull ProgramOptions::*member,
          std::vector<std::pair<std::string, WhenFull>> words) {
  return WordOf(field, member, std::move(words));
}

Kind Word(const char* field, LogLevel ProgramOptions::*member,
          std::vector<std::pair<std::string, LogLevel>> words) {
  return WordOf(field, member, std::move(words));
}

Kind ListenKind() {
  return {.fields = {"listen"},
          .value = "[ADDRESS:]PORT[=SERVICE[,proxy]]",
          .read = [](std::string_view text,
                     ProgramOptions& options) { options.listen.push_back(ReadListen(text)); },
          .check = CheckListen};
}

Kind ProxyFromKind() {
  return {.fields = {"proxy_from"},
          .value = "NETWORK[,NETWORK]",
          .read = ReadProxyFrom,
          .check = CheckProxyFrom};
}

Kind WorkersKind() {
  return {.fields = {"workers", "service_workers"},
          .value = "[SERVICE=]N",
          .range = RangeText(1, kMaxWorkers),
          .read = ReadWorkers,
          .check = CheckWorkers};
}

Kind GreetingKind() {
  return {.fields = {"greeting"},
          .value = "none|TEXT",
          .read = [](std::string_view text,
                     ProgramOptions& options) { options.greeting = ReadGreeting(text); },
          .check = CheckGreeting};
}

Kind AddressRequest() {
  Kind kind = Request();
  kind.value = "ADDRESS";
  kind.read = [](std::string_view text, ProgramOptions&) { (void)sys::ParseEndpoint(text); };
  return kind;
}

Kind UserKind() {
  return {.value = "UID[:GID]",
          .range = RangeText(1, kMaxId),
          .read = [](std::string_view text, ProgramOptions& options) {
            options.user = ReadUser(text);
          }};
}

Kind StatusKind() {
  return {.value = "[ADDRESS:]PORT", .read = [](std::string_view text, ProgramOptions& options) {
            (void)sys::ParseEndpoint(text);
            options.status = text;
          }};
}

Kind StatusHostKind() {
  return {.value = "NAME", .read = [](std::string_view text, ProgramOptions& options) {
            if (!status::IsHostName(text)) {
              Wrong(text, "is no name of a host; give it without a port");
            }
            options.status_hosts.emplace_back(text);
          }};
}

Kind Request() { return {}; }

}  // namespace switchboard
