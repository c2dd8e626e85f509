// Whether an echo server answers: --check, a probe for images that have no shell. Any thread; it
// waits, for 2 seconds at most.

#ifndef SWITCHBOARD_SRC_DAEMON_CHECK_H_
#define SWITCHBOARD_SRC_DAEMON_CHECK_H_

#include <string>

namespace switchboard {

// Calls `address`, says 8 bytes, and waits for them, whatever comes before. Returns if they come
// within 2 seconds. Throws std::invalid_argument for an address that is a name, as asking for that
// may take longer, and std::runtime_error if they do not come; both with one sentence.
void CheckEcho(const std::string& address);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_DAEMON_CHECK_H_
