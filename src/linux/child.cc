#include "src/linux/child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace switchboard::sys {

Result ForkChild() {
  const pid_t parent = ::getpid();
  const Result forked = FromReturn(::fork());
  if (!forked || forked.value != 0) return forked;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(0);
  return forked;
}

std::optional<ChildChange> NextChildChange() {
  int status = 0;
  pid_t pid;
  do {
    pid = ::waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED);
  } while (pid < 0 && errno == EINTR);
  if (pid <= 0) return std::nullopt;
  using Kind = ChildChange::Kind;
  if (WIFSTOPPED(status)) return ChildChange{pid, Kind::kStopped, WSTOPSIG(status)};
  if (WIFCONTINUED(status)) return ChildChange{pid, Kind::kContinued, SIGCONT};
  if (WIFSIGNALED(status)) return ChildChange{pid, Kind::kKilled, WTERMSIG(status)};
  return ChildChange{pid, Kind::kExited, WEXITSTATUS(status)};
}

void SendSignal(pid_t pid, int signal) { (void)::kill(pid, signal); }

pid_t OwnPid() { return ::getpid(); }
pid_t ParentPid() { return ::getppid(); }

}  // namespace switchboard::sys
