#include "tests/support/logfmt.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>

namespace switchboard::test {
namespace {

// Takes one value off the front of `rest`: quoted with backslash escapes, or up to the next space.
std::string TakeValue(std::string_view& rest) {
  std::string value;
  const bool quoted = rest.starts_with('"');
  if (quoted) rest.remove_prefix(1);
  while (!rest.empty() && rest.front() != (quoted ? '"' : ' ')) {
    if (quoted && rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
    value += rest.front();
    rest.remove_prefix(1);
  }
  if (!rest.empty()) rest.remove_prefix(1);
  return value;
}

}  // namespace

Fields Fields::Parse(std::string_view line) {
  Fields fields;
  fields.line_ = line;
  while (!line.empty()) {
    const size_t end = std::min(line.find_first_of("= "), line.size());
    const std::string key(line.substr(0, end));
    const bool has_value = end < line.size() && line[end] == '=';
    line.remove_prefix(std::min(end + 1, line.size()));
    if (has_value) fields.values_[key] = TakeValue(line);
  }
  return fields;
}

std::string Fields::Text(const std::string& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? "" : found->second;
}

int64_t Fields::operator[](const std::string& key) const {
  const std::string text = Text(key);
  int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  INFO("the line: " << line_);
  INFO("the counter: " << key);
  CHECK(!text.empty());
  CHECK((error == std::errc() && end == text.data() + text.size()));
  return value;
}

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<Fields> LinesOf(std::string_view text, std::string_view event) {
  std::vector<Fields> found;
  const size_t complete = text.rfind('\n');
  if (complete == std::string_view::npos) return found;
  for (const std::string& line : SplitLines(text.substr(0, complete + 1))) {
    Fields fields = Fields::Parse(line);
    if (fields.Text("event") == event) found.push_back(std::move(fields));
  }
  return found;
}

}  // namespace switchboard::test
