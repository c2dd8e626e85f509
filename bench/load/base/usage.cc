#include "bench/load/base/usage.h"

#include <getopt.h>

#include <charconv>
#include <stdexcept>

namespace switchboard::load {

void Require(bool condition, const std::string& otherwise) {
  if (!condition) throw std::invalid_argument(otherwise);
}

bool TakeWholeNumber(std::string_view value, int64_t low, int64_t high, int64_t& number) {
  const auto [end, error] = std::from_chars(value.begin(), value.end(), number);
  return error == std::errc() && end == value.end() && number >= low && number <= high;
}

int64_t WholeNumber(const std::string& option, std::string_view value, int64_t low, int64_t high) {
  int64_t number = 0;
  Require(TakeWholeNumber(value, low, high, number),
          option + " cannot be '" + std::string(value) + "'; give a whole number from " +
              std::to_string(low) + " to " + std::to_string(high));
  return number;
}

void RefuseOption(int code, char** argv, const std::string& program) {
  std::string word = argv[optind - 1];
  const bool is_letter = optopt > 0 && optopt < kFirstLong;
  // A word of several letters is not yet passed when one of them is unknown.
  if (is_letter && (code == '?' || !word.starts_with("--"))) {
    word = std::string("-") + static_cast<char>(optopt);
  }
  const char* what = "' is not known, or short for several";
  if (is_letter) what = "' is not known";
  if (!is_letter && optopt != 0) what = "' takes no value";
  if (code == ':') what = "' needs a value";
  throw std::invalid_argument("the option '" + word + what + "; see " + program + " --help");
}

}  // namespace switchboard::load
