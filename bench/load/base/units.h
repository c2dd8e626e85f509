// How reports write counts, sizes and durations for people.
// Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_UNITS_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_UNITS_H_

#include <cstdint>
#include <string>

namespace switchboard::load {

// 1234567 as "1,234,567".
std::string GroupedText(uint64_t number);

// "1.23 MB": three significant digits and a decimal unit.
std::string BytesText(double bytes);

// "10,000", and a broken rate as it is: "1812.5".
std::string RateText(double rate);

// "1.23 ms": a duration with three significant digits and its unit.
std::string DurationText(int64_t duration_ns);

// printf's format as a string.
__attribute__((format(printf, 1, 2))) std::string Format(const char* format, ...);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_UNITS_H_
