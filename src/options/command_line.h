// The command line of the server program.

#ifndef SWITCHBOARD_SRC_OPTIONS_COMMAND_LINE_H_
#define SWITCHBOARD_SRC_OPTIONS_COMMAND_LINE_H_

#include <string>

#include "src/options/program_options.h"

namespace switchboard {

struct CommandLine {
  enum class Action { kServe, kHelp, kVersion, kCheck };
  Action action = Action::kServe;
  ProgramOptions options;
  std::string check;  // what to call, of kCheck
};

// Throws std::invalid_argument with one sentence that names the option and its value.
CommandLine ParseCommandLine(int argc, char** argv);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_OPTIONS_COMMAND_LINE_H_
