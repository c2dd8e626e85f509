// The server as several processes: the parent that a test starts, and its children. Used by one
// thread.

#ifndef SWITCHBOARD_TESTS_PROCESSES_FAMILY_H_
#define SWITCHBOARD_TESTS_PROCESSES_FAMILY_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/manager.h"
#include "tests/support/server_process.h"

namespace switchboard::test {

using Callers = std::vector<std::unique_ptr<Client>>;

// Each has called, and nobody has listened yet.
Callers Call(const std::string& address, size_t count);
// Those who are not answered.
size_t Unanswered(Callers& callers);

// How to start it with these variables in its environment, or other words for env(1).
Spawn With(const std::vector<std::string>& variables);

// A service manager whose watchdog is so slow that no process is replaced for being silent.
struct SlowManager {
  Spawn spawn() const { return With({manager.Variable(), "WATCHDOG_USEC=3600000000"}); }

  TempFolder folder;
  Manager manager{folder / "notify"};
};

struct Family {
  // Without a greeting, so that a caller of echo hears what it says.
  explicit Family(size_t processes, ServerProcess::Options options = {}, const Spawn& spawn = {});
  ~Family();
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;

  // The processes that serve, oldest first.
  std::vector<pid_t> Children() const;
  // Whether there are as many as there should be, and all serve; none of them is one of `gone`.
  bool IsWhole(const std::vector<pid_t>& gone = {}) const;
  // The counters of all together, when those of each have been said as well.
  Fields Total();
  // The counters of one of them, by itself.
  Fields StatsOf(pid_t child);
  // Live callers of each.
  std::vector<int64_t> Lines();
  // Whether none has 30 % less or more than the mean.
  bool IsSpread();

  const size_t processes;
  ServerProcess server;
};

// Whether the process has ended, though nobody may have asked what became of it.
bool HasEnded(pid_t pid);

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_PROCESSES_FAMILY_H_
