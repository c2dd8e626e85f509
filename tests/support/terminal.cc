#include "tests/support/terminal.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace switchboard::test {

Terminal::Terminal(std::vector<std::string> command)
    : terminal_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)) {
  REQUIRE(terminal_);
  REQUIRE(::grantpt(terminal_.get()) == 0);
  REQUIRE(::unlockpt(terminal_.get()) == 0);
  char name[64];
  REQUIRE(::ptsname_r(terminal_.get(), name, sizeof(name)) == 0);

  // In a session of its own, the first terminal that the child opens is the one that controls it.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, name, O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int error =
      ::posix_spawnp(&pid_, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  INFO("starting " << command[0]);
  REQUIRE_EQ(error, 0);
}

Terminal::~Terminal() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Terminal::Type(std::string_view keys) {
  REQUIRE(::write(terminal_.get(), keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
}

void Terminal::ReadScreen() {
  char block[4096];
  for (ssize_t got; (got = ::read(terminal_.get(), block, sizeof(block))) > 0;) {
    screen_.append(block, static_cast<size_t>(got));
  }
  std::erase(screen_, '\r');
}

bool Terminal::Shows(std::string_view text, milliseconds patience) {
  return WaitFor(
      [&] {
        ReadScreen();
        return screen_.find(text) != std::string::npos;
      },
      patience);
}

bool Terminal::Ended(milliseconds patience) {
  const bool ended = WaitFor(
      [&] {
        ReadScreen();
        return pid_ < 0 || ::waitpid(pid_, nullptr, WNOHANG) == pid_;
      },
      patience);
  if (ended) pid_ = -1;
  ReadScreen();
  return ended;
}

}  // namespace switchboard::test
