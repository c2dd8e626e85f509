// What the command lines of switchboard-load and its subcommands share: refusing what cannot be, in
// one sentence that names it. All throw std::invalid_argument, which ends the program with
// kExitUsage. Functions without state, but for getopt's own in RefusedOption; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_USAGE_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_USAGE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace switchboard::load {

void Require(bool condition, const std::string& otherwise);

// The whole number from `low` to `high` that `value` is; `option` as in "--rounds".
int64_t WholeNumber(const std::string& option, std::string_view value, int64_t low, int64_t high);
// The same without a sentence of its own; false if it is none.
bool TakeWholeNumber(std::string_view value, int64_t low, int64_t high, int64_t& number);

// Refuses what getopt_long(3) has just returned ':' or '?' for, and points to `program` --help.
// Long options without a letter must have values from kFirstLong on.
inline constexpr int kFirstLong = 256;
[[noreturn]] void RefuseOption(int code, char** argv, const std::string& program);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_USAGE_H_
