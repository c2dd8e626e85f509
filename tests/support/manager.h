// A service manager to be told things by sd_notify(3): it hears what is said, and keeps the
// descriptors that come with it. Used by one thread at a time.

#ifndef SWITCHBOARD_TESTS_SUPPORT_MANAGER_H_
#define SWITCHBOARD_TESTS_SUPPORT_MANAGER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "src/linux/fd.h"
#include "tests/support/wait.h"

namespace switchboard::test {

class Manager {
 public:
  // `at`: "/path" or "@abstract".
  explicit Manager(const std::string& at);

  // "NOTIFY_SOCKET=...".
  std::string Variable() const { return "NOTIFY_SOCKET=" + address_; }
  const std::string& address() const { return address_; }

  // Reads all that has been said, and returns how many messages that were.
  size_t Listen();
  // Whether a message that holds `text` has been heard, or is within `patience`.
  bool Hears(const std::string& text, milliseconds patience = kPatience);

  std::vector<std::string> heard;
  std::vector<sys::Fd> kept;

 private:
  bool HearOne();

  const std::string address_;
  sys::Fd fd_;
};

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_MANAGER_H_
