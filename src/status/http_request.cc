#include "src/status/http_request.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "src/linux/address.h"

namespace switchboard::status {
namespace {

constexpr int kBadRequest = 400;
constexpr int kForbidden = 403;
constexpr int kMethodNotAllowed = 405;
constexpr int kTargetTooLong = 414;
constexpr int kHeadTooLarge = 431;
constexpr int kVersionNotSupported = 505;

bool IsAlnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool IsToken(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return IsAlnum(c) || kOthers.find(c) != std::string_view::npos;
  });
}

// No control characters but the tab, which a value may hold.
bool IsPlain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool SameName(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Takes the next line from `rest`, without its end, which is CRLF or, as RFC 9112 allows, LF alone.
// Nothing if it has no end.
std::optional<std::string_view> TakeLine(std::string_view& rest) {
  const size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// "[::1]:9100" -> "[::1]"; 0 if the value is one of a Host field, else a refusal.
int TakeHost(std::string_view value, std::string_view& host) {
  size_t end = value.find(':');
  if (value.starts_with('[')) {
    const size_t bracket = value.find(']');
    if (bracket == std::string_view::npos) return kBadRequest;
    end = bracket + 1 == value.size() ? std::string_view::npos : bracket + 1;
  }
  host = value.substr(0, end);
  if (end == std::string_view::npos) return 0;
  const std::string_view port = value.substr(end + 1);
  const bool numeric = std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
  return value[end] == ':' && numeric ? 0 : kBadRequest;
}

bool IsNumeric(std::string_view host) {
  if (!host.starts_with('[')) {
    const auto address = sys::NumericAddress(host);
    return address && address->family() == AF_INET;
  }
  host.remove_prefix(1);
  host.remove_suffix(1);
  const auto address = sys::NumericAddress(host);
  return address && address->family() == AF_INET6;
}

int CheckHost(std::string_view value, const std::vector<std::string>& names) {
  std::string_view host;
  if (const int refusal = TakeHost(value, host); refusal != 0) return refusal;
  if (IsNumeric(host)) return 0;
  if (!host.empty() && !IsHostName(host)) return kBadRequest;
  const bool known = SameName(host, "localhost") ||
                     std::ranges::any_of(names, [&](const auto& n) { return SameName(n, host); });
  return known ? 0 : kForbidden;
}

struct Line {
  std::string_view method, target, version;
};

// 0 or a refusal.
int ParseRequestLine(std::string_view text, Line& line) {
  const size_t first = text.find(' '), last = text.rfind(' ');
  if (first == std::string_view::npos || first == last || !IsPlain(text)) return kBadRequest;
  line = {text.substr(0, first), text.substr(first + 1, last - first - 1), text.substr(last + 1)};
  if (!IsToken(line.method) || line.target.empty()) return kBadRequest;
  if (line.target.find_first_of(" \t") != std::string_view::npos) return kBadRequest;
  const auto digit = [&](size_t at) { return line.version[at] >= '0' && line.version[at] <= '9'; };
  if (line.version.size() != 8 || !line.version.starts_with("HTTP/") || !digit(5) ||
      line.version[6] != '.' || !digit(7)) {
    return kBadRequest;
  }
  if (line.version[5] != '1') return kVersionNotSupported;
  return line.target.size() > kMostTargetBytes ? kTargetTooLong : 0;
}

// The fields up to the empty line. 0 or a refusal; `host` is the value of Host, if there is one.
int ParseFields(std::string_view rest, std::optional<std::string_view>& host) {
  while (const auto line = TakeLine(rest)) {
    if (line->empty()) return 0;
    const size_t colon = line->find(':');
    // This refuses blanks before the colon and lines that go on with one before, too.
    if (colon == std::string_view::npos || !IsToken(line->substr(0, colon))) return kBadRequest;
    const std::string_view value = Trim(line->substr(colon + 1));
    if (!IsPlain(value)) return kBadRequest;
    if (!SameName(line->substr(0, colon), "Host")) continue;
    if (host) return kBadRequest;
    host = value;
  }
  return kHeadTooLarge;
}

// "http://host/path" is to be understood as well, and its host is the one that counts.
int TakeOrigin(std::string_view& target, std::optional<std::string_view>& host) {
  constexpr std::string_view kScheme = "http://";
  if (target.size() >= kScheme.size() && SameName(target.substr(0, kScheme.size()), kScheme)) {
    target.remove_prefix(kScheme.size());
    const size_t slash = std::min(target.find_first_of("/?"), target.size());
    host = target.substr(0, slash);
    target.remove_prefix(slash);
    if (target.empty()) target = "/";
  }
  return target.starts_with('/') ? 0 : kBadRequest;
}

bool IsWhole(std::string_view bytes) {
  return bytes.find("\n\n") != std::string_view::npos ||
         bytes.find("\n\r\n") != std::string_view::npos;
}

int Parse(std::string_view bytes, const std::vector<std::string>& host_names, Request& request) {
  const auto first = TakeLine(bytes);
  if (!first) return bytes.empty() ? kHeadTooLarge : kTargetTooLong;
  Line line;
  if (const int refusal = ParseRequestLine(*first, line); refusal != 0) return refusal;
  std::optional<std::string_view> host;
  if (const int refusal = ParseFields(bytes, host); refusal != 0) return refusal;
  if (!host && line.version != "HTTP/1.0") return kBadRequest;
  const bool known = line.method == "GET" || line.method == "HEAD";
  // A target of another form, as OPTIONS and CONNECT have, is no mistake of theirs.
  const int misplaced = TakeOrigin(line.target, host);
  if (host) {
    if (const int refusal = CheckHost(*host, host_names); refusal != 0) return refusal;
  }
  if (!known) return kMethodNotAllowed;
  request.head_only = line.method == "HEAD";
  const size_t mark = std::min(line.target.find('?'), line.target.size());
  request.path = line.target.substr(0, mark);
  request.query = line.target.substr(std::min(mark + 1, line.target.size()));
  return misplaced;
}

}  // namespace

Request ParseRequest(std::string_view bytes, const std::vector<std::string>& host_names) {
  const bool too_large = bytes.size() >= kMostHeadBytes;
  // An empty line before a request is to be overlooked; it counts among the bytes all the same, as
  // whoever reads has no room for more.
  while (bytes.starts_with('\n') || bytes.starts_with("\r\n")) {
    bytes.remove_prefix(bytes.starts_with('\n') ? 1 : 2);
  }
  Request request;
  request.complete = too_large || IsWhole(bytes);
  if (request.complete) request.refusal = Parse(bytes, host_names, request);
  return request;
}

bool IsHostName(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
    return IsAlnum(c) || c == '.' || c == '-' || c == '_';
  });
}

}  // namespace switchboard::status
