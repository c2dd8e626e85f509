// Messages to a service manager, sd_notify(3). Any thread.

#ifndef SWITCHBOARD_SRC_LINUX_NOTIFY_H_
#define SWITCHBOARD_SRC_LINUX_NOTIFY_H_

#include <string_view>

#include "src/linux/address.h"
#include "src/linux/fd.h"

namespace switchboard::sys {

// A socket of its own that never waits. Whether anybody hears is nobody's business: no error of it
// is ever a reason to serve less.
class NotifySocket {
 public:
  // `address` is "/path" or "@abstract"; any other, or none, is nobody.
  explicit NotifySocket(std::string_view address);

  bool is_open() const { return static_cast<bool>(fd_); }
  // With a copy of `descriptor`, unless that is -1.
  void Send(std::string_view text, int descriptor = -1) const;

 private:
  Fd fd_;
  Address manager_;
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_NOTIFY_H_
