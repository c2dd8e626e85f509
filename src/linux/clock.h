// The monotonic clock: it never jumps when somebody sets the time. clock_gettime(2) by vDSO, so no
// system call.

#ifndef SWITCHBOARD_SRC_LINUX_CLOCK_H_
#define SWITCHBOARD_SRC_LINUX_CLOCK_H_

#include <cstdint>

namespace switchboard::sys {

int64_t NowNs();
int64_t NowMs();

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_CLOCK_H_
