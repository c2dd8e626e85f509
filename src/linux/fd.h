// A file descriptor with one owner, and the outcome of a system call.
//
// Everything under src/linux/ is a thin wrapper: one function, one system call (or libc call), no
// policy beyond retrying EINTR. The rest of the program makes no system call of its own, so a test
// can link a simulated kernel in place of this folder.

#ifndef SWITCHBOARD_SRC_LINUX_FD_H_
#define SWITCHBOARD_SRC_LINUX_FD_H_

#include <cerrno>
#include <utility>

namespace switchboard::sys {

// What a call gave back: a count or a descriptor in `value`, or an errno in `error`.
// A would-be EWOULDBLOCK is EAGAIN on Linux.
struct [[nodiscard]] Result {
  long value = 0;
  int error = 0;

  explicit operator bool() const { return error == 0; }
  bool WouldBlock() const { return error == EAGAIN; }
};

// Turns the -1-and-errno convention into a Result.
inline Result FromReturn(long returned) {
  return returned >= 0 ? Result{returned, 0} : Result{-1, errno};
}

// fcntl(2), F_DUPFD_CLOEXEC: a copy of `fd`, in value.
Result Duplicate(int fd);
// dup3(2): makes `target`, which is open, a copy of `fd`; what it was before is closed.
Result DuplicateTo(int fd, int target);

// Closes `fd`. Never retried: on Linux the descriptor is gone even when close(2) reports EINTR.
void Close(int fd);

// Owns one descriptor. Not thread-safe; moved, never copied.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.Release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) Reset(other.Release());
    return *this;
  }
  ~Fd() { Reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Reset(int fd = -1) {
    if (fd_ >= 0) Close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_FD_H_
