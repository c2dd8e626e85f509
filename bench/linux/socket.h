// What only callers and the model servers ask of a socket; the rest is in src/linux/socket.h.

#ifndef SWITCHBOARD_BENCH_LINUX_SOCKET_H_
#define SWITCHBOARD_BENCH_LINUX_SOCKET_H_

#include "src/linux/fd.h"

namespace switchboard::sys {

// A bind to port 0 that leaves the port open until connect, which then needs it to differ only from
// those to the same destination (IP_BIND_ADDRESS_NO_PORT), ip(7).
Result SetBindWithoutPort(int fd);

// Calls on this socket wait from now on, fcntl(2): for programs that give each call a thread.
Result SetBlocking(int fd);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_BENCH_LINUX_SOCKET_H_
