// Where the program says that it serves. Any thread.

#ifndef SWITCHBOARD_SRC_DAEMON_ANNOUNCE_H_
#define SWITCHBOARD_SRC_DAEMON_ANNOUNCE_H_

#include <string>
#include <vector>

#include "src/base/log.h"
#include "src/listening/listener.h"

namespace switchboard {

// One line on standard output for each address. Whoever started the server may not be ready to read
// them, which is no reason not to serve, but worth a line in `log`.
void Announce(const std::vector<std::string>& addresses, Log& log);

// The same for the status port, which listens at `listener`.
void AnnounceStatus(const Listener& listener, Log& log);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_DAEMON_ANNOUNCE_H_
