#include "tests/support/strace.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/proc.h"
#include "tests/support/wait.h"

namespace switchboard::test {

Strace::Strace(pid_t target, const std::vector<std::string>& options) : target_(target) {
  std::vector<std::string> words = {"strace", "-f", "-qq", "-o", file_};
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), {"-p", std::to_string(target)});
  std::vector<char*> command;
  for (std::string& word : words) command.push_back(word.data());
  command.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  if (::posix_spawnp(&pid_, command[0], &actions, nullptr, command.data(), environ) != 0) pid_ = -1;
  posix_spawn_file_actions_destroy(&actions);
}

Strace::~Strace() { Detach(); }

bool Strace::Attached() {
  const auto settled = [&] { return HasEnded() || UntracedThreads(target_) == 0; };
  return WaitFor(settled) && !HasEnded();
}

std::string Strace::Detach() {
  if (!HasEnded()) {
    ::kill(pid_, SIGINT);  // on which strace lets go of what it watches
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
    ::kill(target_, SIGCONT);  // should it have been let go of in the middle of a stop
  }
  return Contents(file_);
}

void Strace::Abandon() {
  if (HasEnded()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

size_t Strace::Size() const {
  std::error_code none;
  const auto size = std::filesystem::file_size(file_, none);
  return none ? 0 : static_cast<size_t>(size);
}

bool Strace::HasEnded() {
  if (pid_ >= 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
  return pid_ < 0;
}

}  // namespace switchboard::test
