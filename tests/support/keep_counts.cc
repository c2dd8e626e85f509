// Linked into the server where coverage is counted. gcov writes its counts when a program exits;
// most tests kill theirs, and a second SIGTERM ends the server by _exit(2): both would count for
// nothing. Here SIGUSR2 ends it by _exit, and _exit writes the counts before (ld's --wrap).

#include <signal.h>
#include <unistd.h>

extern "C" {
void __gcov_dump();
[[noreturn]] void __real__exit(int status);

[[noreturn]] void __wrap__exit(int status) {
  __gcov_dump();
  __real__exit(status);
}
}

namespace {

[[gnu::constructor]] void EndOnSigusr2() {
  struct sigaction action {};
  action.sa_handler = [](int) { ::_exit(0); };
  ::sigaction(SIGUSR2, &action, nullptr);
}

}  // namespace
