// The command line of the server program, by the rules of getopt_long(3), which keeps its place in
// globals: one thread at a time.

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

// Stops at the first that asks for something else than to serve. Throws std::invalid_argument with
// one sentence that names the option and its value.
CommandLine ParseCommandLine(int argc, char** argv);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_OPTIONS_COMMAND_LINE_H_
