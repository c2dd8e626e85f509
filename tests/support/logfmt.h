// Reading the server's log: logfmt lines, `key=value key="value with spaces"`.

#ifndef SWITCHBOARD_TESTS_SUPPORT_LOGFMT_H_
#define SWITCHBOARD_TESTS_SUPPORT_LOGFMT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::test {

// The fields of one line.
class Fields {
 public:
  static Fields Parse(std::string_view line);

  bool Has(const std::string& key) const { return values_.contains(key); }
  // Empty if the line has no such key.
  std::string Text(const std::string& key) const;
  // The value of a counter; the running test fails if it is missing or not a number.
  int64_t operator[](const std::string& key) const;

 private:
  std::string line_;
  std::map<std::string, std::string> values_;
};

// The lines of `text` whose field `event` is `event`, oldest first. A last line without its newline
// is not looked at: it may still be on its way.
std::vector<Fields> LinesOf(std::string_view text, std::string_view event);

// `text` cut at its newlines, the last piece only if it is not empty.
std::vector<std::string> SplitLines(std::string_view text);

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_LOGFMT_H_
