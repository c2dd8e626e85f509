// A fork of the test's own process.

#ifndef SWITCHBOARD_TESTS_EMBEDDING_CHILD_H_
#define SWITCHBOARD_TESTS_EMBEDDING_CHILD_H_

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace switchboard::test {

// A copy of this process that does nothing for as long as this object lives, and the thread that
// has made it.
class Child {
 public:
  Child() : pid_(::fork()) {
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (;;) ::pause();
    }
    REQUIRE(pid_ > 0);
  }
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

 private:
  const pid_t pid_;
};

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_EMBEDDING_CHILD_H_
