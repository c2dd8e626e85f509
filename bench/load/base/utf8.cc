#include "bench/load/base/utf8.h"

#include <cstddef>

#include "src/base/utf8.h"

namespace switchboard::load {

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t size = Utf8Size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace switchboard::load
