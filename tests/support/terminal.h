// A command that runs on a terminal of its own, as a person would run it. Used by one thread.

#ifndef SWITCHBOARD_TESTS_SUPPORT_TERMINAL_H_
#define SWITCHBOARD_TESTS_SUPPORT_TERMINAL_H_

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "src/linux/fd.h"
#include "tests/support/wait.h"

namespace switchboard::test {

class Terminal {
 public:
  explicit Terminal(std::vector<std::string> command);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void Type(std::string_view keys);
  // Whether `text` has come to stand on the screen.
  bool Shows(std::string_view text, milliseconds patience = kPatience);
  // Whether the command has ended; reads the rest of what it wrote.
  bool Ended(milliseconds patience = kPatience);
  // All that has been on the screen, lines ended by "\n" alone.
  const std::string& screen() const { return screen_; }

 private:
  void ReadScreen();

  sys::Fd terminal_;
  pid_t pid_ = -1;
  std::string screen_;
};

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_TERMINAL_H_
