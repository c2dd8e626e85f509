// The options of the server, each of them said once: its name, what its value may be, and what it
// does. The command line, the checks of the Server, --help and the names in error messages come
// from here, and a test compares the README's table of options with it.
//
// To add an option: its field in include/switchboard/options.h, or, if it is the program's own
// affair, in program_options.h; its row in table.cc, with one of kinds.h; and its flag in a row of
// the README's table, as a test asks. The field is read where the option does something: by
// BoundServer, by the constructor of the Server, or from the Config that server.cc fills in for a
// part of it; an option of the program by Serve in main.cc and, for --processes, by
// ServeInProcesses in src/processes/serve.cc, which also reads what is of all processes together:
// workers, max_connections, and the phases of a stop.

#ifndef SWITCHBOARD_SRC_OPTIONS_TABLE_H_
#define SWITCHBOARD_SRC_OPTIONS_TABLE_H_

#include <span>
#include <string>

#include "src/options/kinds.h"

namespace switchboard {

struct OptionRow {
  const char* name;  // without the dashes
  char letter;       // or 0
  Kind kind;
  // For people, in one line; {range} stands for Kind::range and {default} for Kind::initial.
  const char* meaning;
  // The same of what holds without the option; empty to say nothing.
  const char* default_text;
};

// Any thread.
std::span<const OptionRow> OptionTable();

// Throws std::invalid_argument with one sentence that names the field, Options::backlog say, if the
// value of any makes no sense. Any thread.
void CheckOptions(const Options& options);

// Puts the flag, --backlog say, in place of each field that `sentence` names as Options::backlog.
// Any thread.
std::string WithFlagNames(const std::string& sentence);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_OPTIONS_TABLE_H_
