#include "src/options/command_line.h"

#include <getopt.h>

#include <stdexcept>
#include <string_view>
#include <vector>

#include "src/options/table.h"

namespace switchboard {
namespace {

constexpr int kFirstLong = 256;  // what getopt returns for the first row: beyond every character
// A row for the letter or the number that getopt returned; there is one.
const OptionRow& RowOf(int found) {
  for (const OptionRow& row : OptionTable()) {
    if (found == row.letter) return row;
  }
  return OptionTable()[static_cast<size_t>(found - kFirstLong)];
}

void Apply(const OptionRow& row, std::string_view text, CommandLine& result) {
  if (row.name == std::string_view("help")) result.action = CommandLine::Action::kHelp;
  if (row.name == std::string_view("version")) result.action = CommandLine::Action::kVersion;
  if (row.name == std::string_view("check")) {
    result.action = CommandLine::Action::kCheck;
    result.check = text;
  }
  try {
    row.kind.read(text, result.options);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(std::string("--") + row.name + ' ' + error.what());
  }
}

[[noreturn]] void Refuse(const char* argument, const char* complaint) {
  throw std::invalid_argument(std::string("'") + argument + "' " + complaint);
}

}  // namespace

CommandLine ParseCommandLine(int argc, char** argv) {
  std::vector<option> long_options;
  // Ends at the first argument that is no option, and prints nothing. Without the plus the others
  // would be moved, and a complaint would name whatever came to stand where one was looked for.
  std::string short_options = "+:";
  for (const OptionRow& row : OptionTable()) {
    const bool takes_value = !row.kind.value.empty();
    long_options.push_back({row.name, takes_value ? required_argument : no_argument, nullptr,
                            kFirstLong + static_cast<int>(long_options.size())});
    if (row.letter != 0) short_options += row.letter;
    if (row.letter != 0 && takes_value) short_options += ':';
  }
  long_options.push_back({});

  CommandLine result;
  optind = 0;  // begin anew, getopt(3)
  while (result.action == CommandLine::Action::kServe) {
    const int here = optind == 0 ? 1 : optind;
    const int found = getopt_long(argc, argv, short_options.c_str(), long_options.data(), nullptr);
    if (found == -1) break;
    if (found == '?' && optopt >= kFirstLong) Refuse(argv[here], "takes no value");
    if (found == '?') {
      Refuse(argv[here], "is not an option, or short for several; --help lists them");
    }
    if (found == ':') Refuse(argv[here], "needs a value; --help says which");
    Apply(RowOf(found), optarg == nullptr ? "" : optarg, result);
  }
  if (result.action == CommandLine::Action::kServe && optind < argc) {
    Refuse(argv[optind], "is not an option; an address is given with --listen");
  }
  return result;
}

}  // namespace switchboard
