// All that a command line can say: what the Server is told, and what is the program's own affair.
// A plain value.

#ifndef SWITCHBOARD_SRC_OPTIONS_PROGRAM_OPTIONS_H_
#define SWITCHBOARD_SRC_OPTIONS_PROGRAM_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "src/linux/user.h"
#include "switchboard/options.h"

namespace switchboard {

// A row of the table of options fills in members of either.
struct ProgramOptions : Options {
  std::string status;                     // where the status port listens; empty: nowhere
  std::vector<std::string> status_hosts;  // names that a request to it may have in Host
  std::optional<sys::User> user;          // whom to become once all addresses are bound
  int processes = 1;                      // that serve
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_OPTIONS_PROGRAM_OPTIONS_H_
