// A stream that people read, standard output or standard error: a terminal, a pipe, a socket (as
// the journal gives) or a file. Other processes may share it, so its flags are left alone. Any
// thread; what two write at once may be mixed.

#ifndef SWITCHBOARD_SRC_LINUX_OUTPUT_H_
#define SWITCHBOARD_SRC_LINUX_OUTPUT_H_

#include <sys/types.h>

#include <string_view>

#include "src/linux/fd.h"

namespace switchboard::sys {

class Output {
 public:
  // A pipe or terminal is opened anew, non-blocking, through /proc/self/fd. A regular file is used
  // as it is, as opening it anew would lose O_APPEND; so is a socket, which cannot be.
  explicit Output(int fd);

  // Whether Write may have to wait, because the stream could not be opened anew: /proc is not
  // there, or the right to open it was given up. poll(2) is no help: it promises room for one byte.
  bool may_wait() const { return kind_ == Kind::kMayWait; }

  // Whether there is room for something now; as a rule a pipe then takes a line of PIPE_BUF whole,
  // unless another process comes first. poll(2).
  bool HasRoom() const;

  // Whether it is a stream of the journal: JOURNAL_STREAM names its device and inode,
  // systemd.exec(5).
  bool IsJournal() const;

  // Writes as much of `text` as there is room for; EAGAIN if there is none. write(2), send(2).
  // Raises no signal, whatever the program does with them: neither SIGPIPE, nor SIGXFSZ at
  // RLIMIT_FSIZE, nor SIGTTOU, which would stop a job in the background of a terminal.
  Result Write(std::string_view text) const;

  // Whether both lead to the same file, as after 2>&1. fstat(2).
  bool SameFile(const Output& other) const {
    return device_ == other.device_ && inode_ == other.inode_;
  }

 private:
  enum class Kind { kFile, kSocket, kReopened, kMayWait };

  int fd() const { return reopened_ ? reopened_.get() : fd_; }

  const int fd_;
  Fd reopened_;
  Kind kind_ = Kind::kFile;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_OUTPUT_H_
