// Opens the listening sockets that Options ask for, or takes over those that there are.
//
// Before any thread of the server is started, but for FiguresOf, which is any thread's while the
// listener is open.

#ifndef SWITCHBOARD_SRC_LISTENING_LISTENERS_H_
#define SWITCHBOARD_SRC_LISTENING_LISTENERS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/base/log.h"
#include "src/books/roster.h"
#include "src/listening/listener.h"
#include "switchboard/options.h"
#include "switchboard/snapshot.h"

namespace switchboard {

// By service.
using Routes = std::map<std::string, Route>;

// The services that callers can reach.
std::vector<std::string> ServicesListenedTo(const Options& options);

// `routes` has all services that callers can reach, and outlives the listeners. Throws
// std::invalid_argument for a mistake and ListenError if the machine refuses; nothing is left
// listening then but what was before.
std::vector<std::unique_ptr<Listener>> OpenListeners(const Options& options, const Routes& routes);

// The backlog that new sockets have: the kernel cuts what is too long by itself.
int BacklogOf(const Options& options);

// As it stands, asked of the kernel.
Snapshot::ListenerFigures FiguresOf(const Listener& listener, const Routes& routes,
                                    const Roster& roster);

// Says so if the file of a unix socket will be left over.
void WarnIfFileStays(const Listener& listener, Log& log);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_LISTENING_LISTENERS_H_
