// An edge-triggered epoll set and the eventfd that wakes whoever waits on it. epoll(7), eventfd(2).

#ifndef SWITCHBOARD_SRC_LINUX_EPOLL_H_
#define SWITCHBOARD_SRC_LINUX_EPOLL_H_

#include <sys/epoll.h>

#include <cstdint>
#include <span>

#include "src/linux/fd.h"

namespace switchboard::sys {

// One thread waits; any thread may add. Throws std::system_error if the kernel refuses a set.
class Epoll {
 public:
  Epoll();

  // Watches `fd` for `events` (EPOLLET is added); `data` comes back with each event.
  Result Add(int fd, uint32_t events, epoll_data_t data);
  // Changes what `fd` is watched for, and asks anew for what is already there.
  Result Modify(int fd, uint32_t events, epoll_data_t data);
  // Stops watching `fd`; needed only where the descriptor lives on, here or as a copy in a child,
  // as closing it does the same.
  Result Remove(int fd);

  // Fills `events`; value is how many. `timeout_ms` -1 waits for ever, 0 not at all. A wait that a
  // signal interrupts counts as one that found nothing.
  Result Wait(std::span<epoll_event> events, int timeout_ms);
  // The same with a timeout in nanoseconds, epoll_pwait2(2), for deadlines finer than 1 ms.
  Result WaitNs(std::span<epoll_event> events, int64_t timeout_ns);

 private:
  Fd fd_;
};

// A wake-up that any thread may send. Throws std::system_error if the kernel refuses one.
class EventFd {
 public:
  EventFd();
  int fd() const { return fd_.get(); }
  // Makes an edge, even if the counter is full after 2^64 signals that nobody cleared.
  void Signal();
  void Clear();

 private:
  Fd fd_;
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_EPOLL_H_
