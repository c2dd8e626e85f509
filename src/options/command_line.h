// The command line of the server program.

#ifndef SWITCHBOARD_SRC_OPTIONS_COMMAND_LINE_H_
#define SWITCHBOARD_SRC_OPTIONS_COMMAND_LINE_H_

#include <string>

#include "switchboard/options.h"

namespace switchboard {

struct CommandLine {
  enum class Action { kServe, kHelp, kVersion };
  Action action = Action::kServe;
  Options options;
};

// Throws std::invalid_argument with one sentence that names the option and its value.
CommandLine ParseCommandLine(int argc, char** argv);

// What --help prints, in lines of at most 80 columns.
std::string HelpText();

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_OPTIONS_COMMAND_LINE_H_
