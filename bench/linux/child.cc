#include "bench/linux/child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace switchboard::sys {
namespace {

// Only calls that are safe between fork and exec in a program with threads, signal-safety(7).
[[noreturn]] void Execute(const char* shell_line, int64_t descriptor_limit) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);
  sigset_t none;
  ::sigemptyset(&none);
  // What this program blocks and ignores is its own affair.
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (descriptor_limit > 0) {
    const rlim_t limit = static_cast<rlim_t>(descriptor_limit);
    const rlimit lowered{.rlim_cur = limit, .rlim_max = limit};
    if (::setrlimit(RLIMIT_NOFILE, &lowered) != 0) ::_exit(126);
  }
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, standard);
  if (nowhere > STDERR_FILENO) ::close(nowhere);
  ::execl("/bin/sh", "sh", "-c", shell_line, static_cast<char*>(nullptr));
  ::_exit(127);
}

}  // namespace

Child::Child(const std::string& command, int64_t descriptor_limit) {
  const std::string line = "exec " + command;  // so that the pid is the program's, not the shell's
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "cannot start a process");
  if (pid_ == 0) Execute(line.c_str(), descriptor_limit);
  ::setpgid(pid_, pid_);  // whichever of the two comes first
}

Child::~Child() { End(); }

bool Child::Running() {
  if (pid_ < 0) return false;
  siginfo_t ended{};
  const auto id = static_cast<id_t>(pid_);
  const bool known = ::waitid(P_PID, id, &ended, WEXITED | WNOHANG | WNOWAIT) == 0;
  if (known && ended.si_pid == 0) return true;
  End();
  return false;
}

// Before it is reaped, its id, which is that of its group, belongs to no other.
void Child::End() {
  if (pid_ < 0) return;
  ::kill(-pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

Result Fork() { return FromReturn(::fork()); }

void LeaveChildrenToKernel() { ::signal(SIGCHLD, SIG_IGN); }

}  // namespace switchboard::sys
