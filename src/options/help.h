// What is said about the options of the server program, all of it from the table. Any thread.

#ifndef SWITCHBOARD_SRC_OPTIONS_HELP_H_
#define SWITCHBOARD_SRC_OPTIONS_HELP_H_

#include <string>

namespace switchboard {

// What --help prints, in lines of at most 80 columns.
std::string HelpText();

// switchboard(1), man(7), and completion for bash(1).
std::string ManualPage();
std::string CompletionScript();

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_OPTIONS_HELP_H_
