// Where the output of a server goes that people may not read: a pipe, a terminal or a socket.
// Used by one thread.

#ifndef SWITCHBOARD_TESTS_SUPPORT_SINK_H_
#define SWITCHBOARD_TESTS_SUPPORT_SINK_H_

#include <string>

#include "src/linux/fd.h"

namespace switchboard::test {

class Sink {
 public:
  static Sink Pipe();
  static Sink Terminal();  // with the output processing that terminals have
  static Sink Socket();    // as the journal gives

  // For the server, blocking as it usually is.
  int writer() const { return writer_.get(); }
  // Leaves room for nothing.
  void Fill();
  // What has come so far, lines ended by "\n" alone.
  std::string ReadAll();
  // Nobody will ever read.
  void CloseReader() { reader_.Reset(); }

 private:
  Sink(sys::Fd writer, sys::Fd reader);
  bool WriteAllThatFits();

  sys::Fd writer_, reader_;
};

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_SINK_H_
