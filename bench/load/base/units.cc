#include "bench/load/base/units.h"

#include <cstdarg>
#include <cstdio>
#include <iterator>
#include <utility>

namespace switchboard::load {

std::string GroupedText(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string BytesText(double bytes) {
  const char* const units[] = {"B", "kB", "MB", "GB", "TB"};
  size_t unit = 0;
  for (; bytes >= 999.5 && unit + 1 < std::size(units); ++unit) bytes /= 1000;
  char text[32];
  const int decimals = unit == 0 || bytes >= 99.95 ? 0 : bytes >= 9.995 ? 1 : 2;
  std::snprintf(text, sizeof(text), "%.*f %s", decimals, bytes, units[unit]);
  return text;
}

std::string RateText(double rate) {
  const auto whole = static_cast<uint64_t>(rate);
  return static_cast<double>(whole) == rate ? GroupedText(whole) : Format("%.6g", rate);
}

std::string DurationText(int64_t duration_ns) {
  constexpr std::pair<double, const char*> kUnits[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}};
  char text[32];
  for (const auto& [unit_ns, name] : kUnits) {
    const double value = static_cast<double>(duration_ns) / unit_ns;
    // What rounds up to the next unit's 1 is shown in that unit.
    if (value < 0.9995) continue;
    const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    std::snprintf(text, sizeof(text), "%.*f %s", decimals, value, name);
    return text;
  }
  std::snprintf(text, sizeof(text), "%lld ns", static_cast<long long>(duration_ns));
  return text;
}

std::string Format(const char* format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  return text;
}

}  // namespace switchboard::load
