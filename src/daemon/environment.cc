#include "src/daemon/environment.h"

#include <charconv>
#include <cstdlib>

namespace switchboard {

std::string TakeVariable(const char* variable) {
  const char* const value = std::getenv(variable);
  const std::string taken = value == nullptr ? "" : value;
  ::unsetenv(variable);
  return taken;
}

std::optional<int64_t> WholeNumber(const std::string& text) {
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

}  // namespace switchboard
