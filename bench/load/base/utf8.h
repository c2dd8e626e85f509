// Text as RFC 3629 has it. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_UTF8_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_UTF8_H_

#include <string_view>

namespace switchboard::load {

// What stands in a file for a byte that is not UTF-8: U+FFFD.
inline constexpr std::string_view kNoUtf8 = "\xEF\xBF\xBD";

// Whether all of `text` is UTF-8.
bool IsUtf8(std::string_view text);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_UTF8_H_
