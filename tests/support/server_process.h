// The server as a user runs it: a child process, driven by options and signals and watched through
// its output. Owned by one test, used from its thread only.
//
// Invariant: when the object is gone, so is the process. A report of a sanitizer on its standard
// error fails the test that is running.

#ifndef SWITCHBOARD_TESTS_SUPPORT_SERVER_PROCESS_H_
#define SWITCHBOARD_TESTS_SUPPORT_SERVER_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/linux/fd.h"
#include "tests/support/logfmt.h"
#include "tests/support/wait.h"

namespace switchboard::test {

// How to start it, other than by its options.
struct Spawn {
  // Another program that says where it listens as the server does; the server if empty.
  std::string program;
  // A command that runs the server, such as {"prlimit", "--nofile=64"}.
  std::vector<std::string> wrapper;
  // Where its output goes instead of being collected; Out() and Err() are empty then.
  int standard_output = -1;
  int standard_error = -1;
  // Starts it with standard error closed.
  bool close_standard_error = false;
};

// A wrapper under which the system call `call` (SYS_socket and the like) fails with `error` for
// ever; with an `argument` of 0 or more, only if it has that `value`. seccomp(2).
std::vector<std::string> Refusing(long call, int error, int argument = -1, long value = 0);

class ServerProcess {
 public:
  using Options = std::vector<std::string>;

  // Starts it and waits until it listens. Without a --listen among `options` it is given
  // --listen 127.0.0.1:0.
  explicit ServerProcess(Options options = {}, const Spawn& spawn = {});
  // Starts it with exactly these options and does not wait.
  static ServerProcess WithoutWaiting(const Options& options, const Spawn& spawn = {});
  ~ServerProcess();
  ServerProcess(ServerProcess&& other) noexcept;
  ServerProcess& operator=(ServerProcess&&) = delete;

  pid_t pid() const { return pid_; }
  // What it said it listens at, in its order: "127.0.0.1:40001", "unix:/tmp/echo".
  std::vector<std::string> Addresses() const;
  std::string Address(size_t index = 0) const;

  // All it has written to standard output and standard error so far.
  std::string Out() const;
  std::string Err() const;
  std::vector<Fields> Logged(const std::string& event) const { return LinesOf(Err(), event); }

  void Signal(int number);
  // Its exit status, 128 + N if signal N ended it; nothing if it still runs after `patience`.
  std::optional<int> WaitForExit(milliseconds patience = kPatience);

  // Sends SIGUSR1 and returns the counters it answers with.
  Fields Stats();
  // Whether the counter `key` comes to be at least `value`.
  bool Reaches(const std::string& key, int64_t value, milliseconds patience = kPatience);

  // Sends SIGTERM, checks that it exits with 0 and that its last line balances the books
  // (accepted = closed, bytes_in = bytes_out + lost + discarded). Returns that line.
  Fields Drain();

 private:
  struct NotStarted {};
  explicit ServerProcess(NotStarted) {}
  void Start(const Options& options, const Spawn& spawn);
  void WaitUntilListening(size_t addresses);

  pid_t pid_ = -1;
  std::optional<int> exit_status_;
  sys::Fd out_;
  sys::Fd err_;
};

// What came of a run that was over by itself.
struct Finished {
  int status = -1;  // -1: it had to be killed
  std::string out;
  std::string err;
};

// Runs the server with exactly these options until it exits.
Finished RunToEnd(const ServerProcess::Options& options, const Spawn& spawn = {});

// A wrapper under which /proc is empty; none, which is said, if that cannot be done here.
std::vector<std::string> HidingProc();

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_SERVER_PROCESS_H_
