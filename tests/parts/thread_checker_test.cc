// "Reactor thread only." is more than a comment: with assertions, another thread ends the program.

#include "src/base/thread_checker.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "src/connection/buffer_pool.h"

namespace switchboard::test {
namespace {

// Whether `act` ends a process with SIGABRT.
bool Aborts(const std::function<void()>& act) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit no_core{};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::close(STDERR_FILENO);
    ::signal(SIGABRT, SIG_DFL);  // doctest would report it as a failure of the test
    act();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#ifdef NDEBUG
constexpr bool kChecked = false;
#else
constexpr bool kChecked = true;
#endif

TEST_CASE("TheFirstThreadMayCallAgain") {
  CHECK_FALSE(Aborts([] {
    ThreadChecker checker;
    checker.Check();
    checker.Check();
  }));
}

TEST_CASE("AnObjectMayBeMadeByAThreadAndThenBelongToAnother") {
  CHECK_FALSE(Aborts([] {
    ThreadChecker checker;
    std::thread([&] { checker.Check(); }).join();
  }));
}

TEST_CASE("ASecondThreadIsCaughtWhereThereAreAssertions") {
  CHECK(kChecked == Aborts([] {
          ThreadChecker checker;
          checker.Check();
          std::thread([&] { checker.Check(); }).join();
        }));
}

TEST_CASE("AWorkerThatAcquiresABufferIsCaughtWhereThereAreAssertions") {
  CHECK(kChecked == Aborts([] {
          BufferPool pool(4096);
          pool.PutBack(pool.Acquire(), 0);
          std::thread([&] { pool.PutBack(pool.Acquire(), 0); }).join();
        }));
}

}  // namespace
}  // namespace switchboard::test
