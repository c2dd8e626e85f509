// Text as RFC 3629 has it. Functions without state; any thread.

#ifndef SWITCHBOARD_SRC_BASE_UTF8_H_
#define SWITCHBOARD_SRC_BASE_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace switchboard {

// How many bytes the character at the front of `text`, which is not empty, has; 0 if it is not
// UTF-8.
size_t Utf8Size(std::string_view text);

// `text` with each byte that is not UTF-8 as \xHH, for readers that take nothing else. A name of a
// unix socket may hold any byte but zero, and two that differ shall differ for them as well.
std::string AsUtf8(std::string_view text);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BASE_UTF8_H_
