// The options of switchboard-load and its subcommands, all in one table: what parses them, their
// ranges and defaults, and what --help, the manual and completion say. Constant; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_OPTIONS_TABLE_H_
#define SWITCHBOARD_BENCH_LOAD_OPTIONS_TABLE_H_

#include <string_view>
#include <vector>

#include "bench/load/options/command_line.h"

namespace switchboard::load {

// An option by its long name, and the value that was given for it.
struct GivenOption {
  const char* name;
  std::string_view value;
};

struct OptionRow {
  const char* name;
  char letter;           // or 0
  unsigned subcommands;  // bits of Subcommand
  const char* value;     // what --help calls it; nullptr for an option without one
  // The default: set as if it had been said first, and shown in parentheses. nullptr for none.
  const char* otherwise;
  void (*set)(const GivenOption& given, CommandLine& line);
  const char* help;
};

// Throws std::invalid_argument: the option cannot be that, and the way out.
[[noreturn]] void Refuse(const GivenOption& given, std::string_view way_out);

// In the order of the table.
std::vector<const OptionRow*> OptionsOf(Subcommand subcommand);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_OPTIONS_TABLE_H_
