// The command line of the server program.

#ifndef SWITCHBOARD_SRC_COMMAND_LINE_H_
#define SWITCHBOARD_SRC_COMMAND_LINE_H_

#include <string>
#include <string_view>

#include "switchboard/options.h"

namespace switchboard {

struct CommandLine {
  enum class Action { kServe, kHelp, kVersion };
  Action action = Action::kServe;
  Options options;
};

// Throws std::invalid_argument with one sentence that names the option and its value.
CommandLine ParseCommandLine(int argc, char** argv);

// Takes `\n \r \t \\ \xHH` for what they stand for. Throws std::invalid_argument for any other.
std::string Unescape(std::string_view text);

extern const char kHelpText[];

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_COMMAND_LINE_H_
