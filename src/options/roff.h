// Text for a page of the manual, man(7). Any thread.

#ifndef SWITCHBOARD_SRC_OPTIONS_ROFF_H_
#define SWITCHBOARD_SRC_OPTIONS_ROFF_H_

#include <string>
#include <string_view>

namespace switchboard {

// With what man(7) would take for its own escaped.
inline std::string Roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') out += "\\e";
    if (c == '-') out += "\\-";
    if (c != '\\' && c != '-') out += c;
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_OPTIONS_ROFF_H_
