// What became of the time of a thread, of this or another process. proc(5). Any thread.

#ifndef SWITCHBOARD_SRC_LINUX_THREAD_TIMES_H_
#define SWITCHBOARD_SRC_LINUX_THREAD_TIMES_H_

#include <sys/types.h>

#include <cstdint>

namespace switchboard::sys {

// As far as the kernel says; zeros if it does not.
struct ThreadTimes {
  int64_t ran_ns = 0;     // on a CPU
  int64_t waited_ns = 0;  // for a CPU, up to when it last got one
  bool is_ready = false;  // it has a CPU now, or waits for one
};

// /proc/PID/task/TID/schedstat and stat.
ThreadTimes TimesOfThread(pid_t pid, pid_t tid);

// gettid(2)
pid_t OwnTid();

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_THREAD_TIMES_H_
