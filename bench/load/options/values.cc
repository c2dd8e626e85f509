#include "bench/load/options/values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <ctime>

#include "bench/load/measure/histogram.h"

namespace switchboard::load {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool HasForm(std::string_view text, std::string_view form) {
  const auto fits = [](char c, char as) { return as == '0' ? c >= '0' && c <= '9' : c == as; };
  return std::ranges::equal(text, form, fits);
}

// 2030-01-02T03:04:05Z, also with a fraction of the second.
std::optional<double> TakeUtc(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (!text.ends_with('Z')) return std::nullopt;
  text.remove_suffix(1);
  const std::string_view date = text.substr(0, kForm.size()), rest = text.substr(date.size());
  std::tm utc{};
  if (!HasForm(date, kForm) ||
      ::strptime(std::string(date).c_str(), "%Y-%m-%dT%H:%M:%S", &utc) == nullptr) {
    return std::nullopt;
  }
  const int day = utc.tm_mday, second = utc.tm_sec;
  const auto whole_s = static_cast<double>(::timegm(&utc));
  if (utc.tm_mday != day || utc.tm_sec != second) return std::nullopt;  // the 30th of February
  if (rest.empty()) return whole_s;
  const bool fraction =
      rest.size() > 1 && rest[0] == '.' && rest.find_first_not_of("0123456789", 1) == rest.npos;
  return fraction ? std::optional(whole_s + std::strtod(std::string(rest).c_str(), nullptr))
                  : std::nullopt;
}

}  // namespace

std::optional<double> TakeNumber(std::string_view text, std::span<const Unit> units) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.begin(), text.end(), number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number) || std::signbit(number)) return std::nullopt;
  const std::string_view rest = text.substr(static_cast<size_t>(end - text.begin()));
  const auto unit = std::ranges::find(units, rest, &Unit::name);
  return unit == units.end() ? std::nullopt : std::optional(number * unit->factor);
}

std::optional<int64_t> TakeWhole(std::string_view text, std::span<const Unit> units) {
  constexpr double kExact = 0x1p53;  // doubles hold every whole number up to here
  int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), whole);
  if (error == std::errc() && end == text.end()) return whole;
  const std::optional<double> number = TakeNumber(text, units);
  if (!number || *number != std::floor(*number) || *number > kExact) return std::nullopt;
  return static_cast<int64_t>(*number);
}

std::optional<double> TakeMoment(std::string_view text, double now_s) {
  constexpr Unit kPlain[] = {{"", 1}};
  if (!text.starts_with('+')) {
    const std::optional<double> plain = TakeNumber(text, kPlain);
    return plain ? plain : TakeUtc(text);
  }
  const std::optional<double> ahead_s = TakeNumber(text.substr(1), kTimes);
  return ahead_s ? std::optional(now_s + *ahead_s) : std::nullopt;
}

std::optional<std::string> Unescape(std::string_view text) {
  constexpr std::string_view kNames = "nrt\\", kValues = "\n\r\t\\";
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    const char name = i + 1 < text.size() ? text[++i] : '\0';
    const size_t known = kNames.find(name);
    if (name != '\0' && known != kNames.npos) {
      bytes += kValues[known];
      continue;
    }
    const int high = i + 1 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (name != 'x' || high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return bytes;
}

std::optional<double> TakePercentile(std::string_view text) {
  constexpr Unit kPlain[] = {{"", 1}};
  for (const Percentile& each : kPercentiles) {
    if (text == each.key || text == each.name) return each.percent;
  }
  if (!text.starts_with('p')) return std::nullopt;
  const std::optional<double> percent = TakeNumber(text.substr(1), kPlain);
  return percent && *percent > 0 && *percent < 100 ? percent : std::nullopt;
}

}  // namespace switchboard::load
