#include "tests/support/server_process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "tests/support/build.h"

namespace switchboard::test {
namespace {

constexpr std::string_view kListening = "server listening at ";

// Output is collected in memory that all processes see, so that no thread has to read a pipe. The
// offset of such a file is not locked: several processes would write over each other's lines.
sys::Fd MemoryFile(const char* name) {
  sys::Fd file(::memfd_create(name, MFD_CLOEXEC));
  REQUIRE(file);
  REQUIRE(::fcntl(file.get(), F_SETFL, O_APPEND) == 0);
  return file;
}

std::string Contents(int fd) {
  std::string text;
  char block[16384];
  for (ssize_t got;
       (got = ::pread(fd, block, sizeof(block), static_cast<off_t>(text.size()))) > 0;) {
    text.append(block, static_cast<size_t>(got));
  }
  return text;
}

bool IsListenOption(const std::string& option) {
  return option == "--listen" || option == "-l" || option.starts_with("--listen=");
}

void CheckNoSanitizerReport(const std::string& text) {
  for (const char* mark : {"Sanitizer: ", "runtime error: ", "Assertion `"}) {
    const bool reported = text.find(mark) != std::string::npos;
    INFO("standard error of the server:\n" << text);
    CHECK_FALSE(reported);
  }
}

}  // namespace

std::vector<std::string> Refusing(long call, int error, int argument, long value) {
  return {REFUSE, std::to_string(call), std::to_string(error), std::to_string(argument),
          std::to_string(value)};
}

// Constructed from here on, so that a server which does not listen is ended as well.
ServerProcess::ServerProcess(Options options, const Spawn& spawn) : ServerProcess(NotStarted()) {
  size_t addresses = std::count_if(options.begin(), options.end(), IsListenOption);
  if (addresses == 0) {
    options.insert(options.begin(), {"--listen", "127.0.0.1:0"});
    addresses = 1;
  }
  Start(options, spawn);
  WaitUntilListening(addresses);
}

ServerProcess ServerProcess::WithoutWaiting(const Options& options, const Spawn& spawn) {
  ServerProcess process{NotStarted()};
  process.Start(options, spawn);
  return process;
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      exit_status_(other.exit_status_),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)) {}

ServerProcess::~ServerProcess() {
  if (pid_ < 0) return;
  // Where coverage is counted, SIGUSR2 ends it with its counts written: keep_counts.cc.
  if (COUNTS_COVERAGE && !exit_status_) {
    ::kill(pid_, SIGUSR2);
    WaitForExit(seconds(10));
  }
  if (!exit_status_) {
    ::kill(pid_, SIGKILL);
    WaitForExit();
  }
  CheckNoSanitizerReport(Err());
}

void ServerProcess::Start(const Options& options, const Spawn& spawn) {
  out_ = MemoryFile("stdout");
  err_ = MemoryFile("stderr");
  std::vector<std::string> command = spawn.wrapper;
  command.push_back(spawn.program.empty() ? SWITCHBOARD_BINARY : spawn.program);
  command.insert(command.end(), options.begin(), options.end());
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(
      &actions, spawn.standard_output >= 0 ? spawn.standard_output : out_.get(), STDOUT_FILENO);
  if (spawn.close_standard_error) {
    posix_spawn_file_actions_addclose(&actions, STDERR_FILENO);
  } else {
    posix_spawn_file_actions_adddup2(
        &actions, spawn.standard_error >= 0 ? spawn.standard_error : err_.get(), STDERR_FILENO);
  }
  const int error =
      ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  INFO("starting " << command[0]);
  REQUIRE_EQ(std::string(std::strerror(error)), std::string(std::strerror(0)));
}

void ServerProcess::WaitUntilListening(size_t addresses) {
  const bool listening = WaitFor(
      [&] { return Addresses().size() >= addresses || WaitForExit(milliseconds(0)).has_value(); });
  INFO("standard error of the server:\n" << Err());
  REQUIRE(listening);
  REQUIRE_FALSE(exit_status_.has_value());
}

std::vector<std::string> ServerProcess::Addresses() const {
  std::vector<std::string> addresses;
  std::string out = Out();
  out.resize(out.rfind('\n') + 1);  // no newline yet: npos + 1 is 0
  for (const std::string& line : SplitLines(out)) {
    if (line.starts_with(kListening)) addresses.push_back(line.substr(kListening.size()));
  }
  return addresses;
}

std::string ServerProcess::Address(size_t index) const {
  const std::vector<std::string> addresses = Addresses();
  REQUIRE(index < addresses.size());
  return addresses[index];
}

std::string ServerProcess::Out() const { return Contents(out_.get()); }
std::string ServerProcess::Err() const { return Contents(err_.get()); }

void ServerProcess::Signal(int number) {
  REQUIRE(pid_ > 0);
  REQUIRE_FALSE(exit_status_.has_value());
  REQUIRE(::kill(pid_, number) == 0);
}

std::optional<int> ServerProcess::WaitForExit(milliseconds patience) {
  WaitFor(
      [&] {
        if (exit_status_) return true;
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
        exit_status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return true;
      },
      patience);
  return exit_status_;
}

Fields ServerProcess::Stats() {
  // Of several processes together, not of one of them.
  const auto totals = [this] {
    std::vector<Fields> lines = Logged("stats");
    std::erase_if(lines, [](const Fields& line) { return !line.Text("process").empty(); });
    return lines;
  };
  const size_t before = totals().size();
  Signal(SIGUSR1);
  std::vector<Fields> lines;
  const bool answered = WaitFor([&] { return (lines = totals()).size() > before; });
  INFO("standard error of the server:\n" << Err());
  REQUIRE(answered);
  return lines.back();
}

bool ServerProcess::Reaches(const std::string& key, int64_t value, milliseconds patience) {
  return WaitFor([&] { return Stats()[key] >= value; }, patience);
}

Fields ServerProcess::Drain() {
  Signal(SIGTERM);
  const std::optional<int> status = WaitForExit();
  INFO("standard error of the server:\n" << Err());
  REQUIRE(status.has_value());
  CHECK(*status == 0);
  const std::vector<std::string> lines = SplitLines(Err());
  REQUIRE_FALSE(lines.empty());
  Fields last = Fields::Parse(lines.back());
  REQUIRE(last.Text("event") == "drained");
  CHECK(last["accepted"] == last["closed"]);
  CHECK(last["bytes_in"] == last["bytes_out"] + last["lost"] + last["discarded"]);
  CHECK(last["buffered"] == 0);
  return last;
}

Finished RunToEnd(const ServerProcess::Options& options, const Spawn& spawn) {
  ServerProcess process = ServerProcess::WithoutWaiting(options, spawn);
  const std::optional<int> status = process.WaitForExit();
  return {status.value_or(-1), process.Out(), process.Err()};
}

std::vector<std::string> HidingProc() {
  Spawn spawn;
  spawn.wrapper = {"unshare", "--mount", "sh", "-c",
                   "mount -t tmpfs none /proc && exec \"$0\" \"$@\""};
  // A sanitizer cannot do without it.
  if (!kSanitized && RunToEnd({"--version"}, spawn).status == 0) return spawn.wrapper;
  MESSAGE("left out: /proc cannot be hidden here");
  return {};
}

}  // namespace switchboard::test
