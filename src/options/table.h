// The options of the server, each of them said once: its name, what its value may be, and what it
// does. The command line, the checks of the Server, --help and the names in error messages come
// from here, and a test compares the README's table of options with it.
//
// To add an option: its field in include/switchboard/options.h, its row here, and the row that the
// README's test then asks for.

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
  // For people, in one line; {range} and {default} stand for those of the kind.
  const char* meaning;
  const char* default_value;  // empty for none
};

// Any thread.
std::span<const OptionRow> OptionTable();

// Throws std::invalid_argument with one sentence that names the field, Options::backlog say, if the
// value of any makes no sense.
void CheckOptions(const Options& options);

// Puts the flag, --backlog say, in place of each field that `sentence` names as Options::backlog.
std::string WithFlagNames(const std::string& sentence);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_OPTIONS_TABLE_H_
