// strace(1), attached to every thread of a running process: what it calls, and calls that are made
// to fail. Used by one thread.

#ifndef SWITCHBOARD_TESTS_SUPPORT_STRACE_H_
#define SWITCHBOARD_TESTS_SUPPORT_STRACE_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/support/files.h"

namespace switchboard::test {

class Strace {
 public:
  // Begins to attach; `options` are strace's own, such as {"--inject=accept4:error=EMFILE"}.
  explicit Strace(pid_t target, const std::vector<std::string>& options = {});
  // Lets go of the process.
  ~Strace();
  Strace(const Strace&) = delete;
  Strace& operator=(const Strace&) = delete;

  // Waits until all threads are watched; false where tracing is not permitted.
  bool Attached();
  // Lets go of the process, and says what has been written: one line a call.
  std::string Detach();
  // Ends strace at once, which a process that it has had killed may keep from ending otherwise.
  void Abandon();
  // How much has been written so far.
  size_t Size() const;

 private:
  bool HasEnded();

  TempFolder folder_;
  const std::string file_ = folder_ / "calls";
  const pid_t target_;
  pid_t pid_ = -1;
};

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_STRACE_H_
