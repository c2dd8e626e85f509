// Child processes that go on with the program of their parent. fork(2). Any thread, but for
// ForkChild.

#ifndef SWITCHBOARD_SRC_LINUX_CHILD_H_
#define SWITCHBOARD_SRC_LINUX_CHILD_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "src/linux/fd.h"

namespace switchboard::sys {

// A copy of this process, which must have one thread only: its pid in value; 0 in the copy. There,
// SIGTERM comes when its parent ends, prctl(2) with PR_SET_PDEATHSIG, and the copy of a parent that
// has ended meanwhile ends at once.
Result ForkChild();

// What has become of a child. wait(2).
struct ChildChange {
  enum class Kind : uint8_t { kExited, kKilled, kStopped, kContinued };

  pid_t pid;
  Kind kind;
  int number;  // the exit status, or the signal
};

// The next change of any child; nothing if there is none now.
std::optional<ChildChange> NextChildChange();

// kill(2)
void SendSignal(pid_t pid, int signal);

// getpid(2), getppid(2).
pid_t OwnPid();
pid_t ParentPid();

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_CHILD_H_
