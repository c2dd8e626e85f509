// What became of the time of a thread, of this or another process. proc(5). Any thread.

#ifndef SWITCHBOARD_SRC_LINUX_THREAD_TIMES_H_
#define SWITCHBOARD_SRC_LINUX_THREAD_TIMES_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace switchboard::sys {

struct ThreadTimes {
  int64_t ran_ns;     // on a CPU
  int64_t waited_ns;  // for a CPU, up to when it last got one
  bool is_ready;      // it has a CPU now, or waits for one
};

// /proc/PID/task/TID/schedstat and stat; nothing if the kernel does not say, or there is no
// descriptor to ask it with. Needs no memory.
std::optional<ThreadTimes> TimesOfThread(pid_t pid, pid_t tid) noexcept;

// gettid(2)
pid_t OwnTid();

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_THREAD_TIMES_H_
