// What takes the values of options of a usual kind, a number from here to there for instance, and
// puts them where they belong: for the tables of options. Each throws as Refuse. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_OPTIONS_SETTERS_H_
#define SWITCHBOARD_BENCH_LOAD_OPTIONS_SETTERS_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>

#include "bench/load/base/units.h"
#include "bench/load/options/command_line.h"
#include "bench/load/options/table.h"
#include "bench/load/options/values.h"

namespace switchboard::load {

inline constexpr int64_t kMaxRate = 1'000'000'000;
inline constexpr double kMinRate = 0.001;  // a moment in a quarter of an hour
inline constexpr int64_t kMaxInteger = std::numeric_limits<int64_t>::max();

// The member of the line, of its load, staffing or planning.
template <auto field>
auto& FieldOf(CommandLine& line) {
  if constexpr (requires { line.load.*field; }) {
    return line.load.*field;
  } else if constexpr (requires { line.staffing.*field; }) {
    return line.staffing.*field;
  } else if constexpr (requires { line.planning.*field; }) {
    return line.planning.*field;
  } else {
    return line.*field;
  }
}

template <auto field, int64_t low, int64_t high>
void SetWhole(const GivenOption& given, CommandLine& line) {
  const std::optional<int64_t> number = TakeWhole(given.value, kCounts);
  if (!number || *number < low || *number > high) {
    Refuse(given,
           "give a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  }
  auto& to = FieldOf<field>(line);
  to = static_cast<std::decay_t<decltype(to)>>(*number);
}

template <auto field>
void SetRate(const GivenOption& given, CommandLine& line) {
  const std::optional<double> rate = TakeNumber(given.value, kCounts);
  if (!rate || *rate < kMinRate || *rate > static_cast<double>(kMaxRate)) {
    Refuse(given, Format("give a number per second from %g to %lld", kMinRate,
                         static_cast<long long>(kMaxRate)));
  }
  FieldOf<field>(line) = *rate;
}

template <auto field, int64_t high, bool zero = false>
void SetSeconds(const GivenOption& given, CommandLine& line) {
  const std::optional<double> seconds = TakeNumber(given.value, kTimes);
  if (!seconds || *seconds > static_cast<double>(high) || (!zero && *seconds == 0)) {
    Refuse(given, std::string("give seconds ") + (zero ? "from 0 to " : "above 0 and up to ") +
                      std::to_string(high) + ", or a time with its unit: ns, us, ms, s, min or h");
  }
  FieldOf<field>(line) = *seconds;
}

// An empty value is no way to leave the option out: it may be a script's variable that was not set.
inline void RequireValue(const GivenOption& given) {
  if (given.value.empty()) Refuse(given, "give it a value, or leave it out");
}

template <auto field>
void SetText(const GivenOption& given, CommandLine& line) {
  FieldOf<field>(line) = given.value;
}

template <auto field>
void SetSomeText(const GivenOption& given, CommandLine& line) {
  RequireValue(given);
  SetText<field>(given, line);
}

template <std::string Outputs::*path>
void SetPath(const GivenOption& given, CommandLine& line) {
  RequireValue(given);
  line.outputs.*path = given.value;
}

template <auto field>
void AddText(const GivenOption& given, CommandLine& line) {
  FieldOf<field>(line).emplace_back(given.value);
}

template <auto field>
void SetTrue(const GivenOption&, CommandLine& line) {
  FieldOf<field>(line) = true;
}

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_OPTIONS_SETTERS_H_
