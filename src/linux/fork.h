// Sockets that a child of this process may hold copies of. fork(2).
//
// A socket that a child has a copy of does not end when this process closes it: a caller hears no
// end of stream, a listener goes on taking callers, and the epoll set goes on watching it. So it is
// taken from the set and ended before it is closed. Without a fork these would be two system calls
// more for each caller, for nothing. A child that executes another program has no copies for long,
// as every descriptor is close-on-exec.

#ifndef SWITCHBOARD_SRC_LINUX_FORK_H_
#define SWITCHBOARD_SRC_LINUX_FORK_H_

#include "src/linux/fd.h"

namespace switchboard::sys {

// True from the first fork of this process on, or from the start if the C library does not tell of
// forks, pthread_atfork(3). It does not tell of _Fork(3) and clone(2). A socket that one thread
// closes in the instant in which another forks may be missed. Any thread.
bool HasForked();

// Closes the connection of a caller, whom a copy that a fork has left would keep on the line. With
// `reset`, what the kernel still holds for a TCP caller is forgotten. No caller's connection is
// closed in another way. Any thread.
void CloseWithCopies(Fd connection, bool reset);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_FORK_H_
