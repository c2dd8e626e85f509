// What switchboard-load says about itself, from the table of options: --help of each subcommand, a
// manual page and the words that a shell completes. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_OPTIONS_HELP_H_
#define SWITCHBOARD_BENCH_LOAD_OPTIONS_HELP_H_

#include <span>
#include <string>

#include "bench/load/options/command_line.h"

namespace switchboard::load {

struct SubcommandText {
  Subcommand subcommand;
  const char* name;      // as said on the command line; empty for a run, which needs none
  const char* operands;  // what follows the options
  const char* summary;   // in one line
  const char* about;     // in a paragraph
  const char* notes;     // below the options
};
std::span<const SubcommandText> Subcommands();
const SubcommandText& TextOf(Subcommand subcommand);

// "switchboard-load compare".
std::string ProgramName(Subcommand subcommand);

std::string HelpText(Subcommand subcommand);

// man(7) source that covers all subcommands.
std::string ManualPage();

// A script for bash that completes subcommands and their options.
std::string CompletionScript();

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_OPTIONS_HELP_H_
