// Signals as something to poll for, for a program with one thread, which uses it. signalfd(2).

#ifndef SWITCHBOARD_SRC_LINUX_SIGNAL_QUEUE_H_
#define SWITCHBOARD_SRC_LINUX_SIGNAL_QUEUE_H_

#include <signal.h>

#include <initializer_list>
#include <optional>

#include "src/linux/fd.h"

namespace switchboard::sys {

class SignalQueue {
 public:
  // Of `signals`, which it blocks. Those that whoever started the program has it ignore are heard
  // all the same: of children whose SIGCHLD is ignored nobody is told, wait(2). Throws
  // std::runtime_error if the system refuses a descriptor.
  explicit SignalQueue(std::initializer_list<int> signals);

  // Readable if Next has something.
  int fd() const { return fd_.get(); }
  std::optional<int> Next();
  // In a child, which has its own way.
  void Close() { fd_.Reset(); }

 private:
  Fd fd_;
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_SIGNAL_QUEUE_H_
