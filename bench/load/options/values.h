// Values of options as people write them: 1.5, 10k, 64K, 500ms. Functions without state; any
// thread.

#ifndef SWITCHBOARD_BENCH_LOAD_OPTIONS_VALUES_H_
#define SWITCHBOARD_BENCH_LOAD_OPTIONS_VALUES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace switchboard::load {

// What may stand behind a number, and what it multiplies the number with.
struct Unit {
  std::string_view name;
  double factor;
};

inline constexpr Unit kCounts[] = {{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}};
inline constexpr Unit kBytes[] = {{"", 1},          {"B", 1},         {"K", 1 << 10},
                                  {"k", 1 << 10},   {"M", 1 << 20},   {"G", 1 << 30},
                                  {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
                                  {"kB", 1e3},      {"MB", 1e6},      {"GB", 1e9}};
// In seconds. The first is what a bare number means; an objective needs one of the others.
inline constexpr Unit kTimes[] = {{"", 1},  {"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3},
                                  {"s", 1}, {"m", 60},    {"min", 60},  {"h", 3600}};

// A decimal number, not negative, with one of `units` behind it; nothing if `text` is none.
std::optional<double> TakeNumber(std::string_view text, std::span<const Unit> units);

// The same of a whole number, which stays exact without a unit.
std::optional<int64_t> TakeWhole(std::string_view text, std::span<const Unit> units);

// A moment in seconds since 1970: as such, as UTC in ISO 8601, 2030-01-02T03:04:05.5Z, or as "+5s"
// from `now_s` on; nothing for anything else.
std::optional<double> TakeMoment(std::string_view text, double now_s);

// The bytes of `text`, which may have \n \r \t \\ \xHH in it, as the server's --greeting; nothing
// for any other backslash.
std::optional<std::string> Unescape(std::string_view text);

// "p99" as 99, "p999" and "p99.9" as 99.9, "p95" as 95, "max" as 100; nothing for anything else.
std::optional<double> TakePercentile(std::string_view text);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_OPTIONS_VALUES_H_
