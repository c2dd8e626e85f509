// Text as RFC 3629 has it. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_UTF8_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_UTF8_H_

#include <cstddef>
#include <string_view>

namespace switchboard::load {

// What stands in a file for a byte that is not UTF-8: U+FFFD.
inline constexpr std::string_view kNoUtf8 = "\xEF\xBF\xBD";

// How many bytes the character at the front of `text`, which is not empty, has; 0 if it is not
// UTF-8.
size_t Utf8Size(std::string_view text);

// Whether all of it is.
bool IsUtf8(std::string_view text);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_UTF8_H_
