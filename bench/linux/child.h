// Starting and ending other processes. fork(2), execve(2), kill(2), waitpid(2).

#ifndef SWITCHBOARD_BENCH_LINUX_CHILD_H_
#define SWITCHBOARD_BENCH_LINUX_CHILD_H_

#include <cstdint>
#include <string>
#include <utility>

#include "src/linux/fd.h"

namespace switchboard::sys {

// A program that was started here, in a process group of its own, so that what a terminal sends to
// this program does not reach it. It ends with its owner, and the processes that it has started
// with it: the destructor kills the group and reaps it. If the thread that started it ends first,
// the kernel kills the program alone. Not thread-safe; moved, never copied.
class Child {
 public:
  Child() = default;
  // Runs `command`, a program and its arguments, by /bin/sh, with its output thrown away.
  // `descriptor_limit` lowers its RLIMIT_NOFILE for good; 0 leaves the limit as it is.
  // Throws std::system_error if the kernel refuses a process.
  explicit Child(const std::string& command, int64_t descriptor_limit = 0);
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }
  ~Child();

  // -1 for none, or one that has been reaped.
  int pid() const { return pid_; }
  // False once it has ended, which also reaps it and ends what is left of its group.
  bool Running();

 private:
  void End();

  int pid_ = -1;
};

// fork(2): value is 0 in the child, its pid in the parent. Only for a program of a single thread.
Result Fork();
// The kernel reaps the children of this process by itself: nobody has to wait for them.
void LeaveChildrenToKernel();

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_BENCH_LINUX_CHILD_H_
