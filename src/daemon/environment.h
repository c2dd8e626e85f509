// Variables by which a service manager tells the program something. Before any thread is started.

#ifndef SWITCHBOARD_SRC_DAEMON_ENVIRONMENT_H_
#define SWITCHBOARD_SRC_DAEMON_ENVIRONMENT_H_

#include <cstdint>
#include <optional>
#include <string>

namespace switchboard {

// What `variable` says, "" if it is not set. Takes it out of the environment, as it is for nobody
// that the program may start.
std::string TakeVariable(const char* variable);

// Nothing if the text is not a whole number, or none that an int64_t holds.
std::optional<int64_t> WholeNumber(const std::string& text);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_DAEMON_ENVIRONMENT_H_
