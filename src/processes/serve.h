// The server as several processes: --processes.

#ifndef SWITCHBOARD_SRC_PROCESSES_SERVE_H_
#define SWITCHBOARD_SRC_PROCESSES_SERVE_H_

#include <optional>

#include "src/daemon/service_manager.h"
#include "src/options/program_options.h"

namespace switchboard {

// Listens, and starts the processes that serve. Returns the exit status of the program: in the
// parent when all have ended, and in each of them when it has. Exceptions are as of Server's
// constructor. `manager` is the parent's, and reset in each of the processes. Before any thread is
// started. The processes are servers with the part of `options` that is Options; whatever else one
// needs is handed to ServeAsChild.
int ServeInProcesses(ProgramOptions options, std::optional<ServiceManager>& manager);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PROCESSES_SERVE_H_
