// Connections that workers give back because the reactor has something to do with them, and the
// wake-up that goes with it.
//
// Any worker adds; the reactor takes. A wake-up is sent only if the reactor is asleep, and once for
// each sleep.

#ifndef SWITCHBOARD_SRC_CONNECTION_READY_LIST_H_
#define SWITCHBOARD_SRC_CONNECTION_READY_LIST_H_

#include "src/base/mutex.h"
#include "src/connection/list.h"
#include "src/linux/epoll.h"

namespace switchboard {

class ReadyList {
 public:
  // Any thread.
  void Add(Connection& connection);
  // Any thread: wakes the reactor, or keeps it from its next sleep, with nothing in the list.
  void Interrupt();

  // Reactor: about to sleep. False if it must not, as something has come.
  bool PrepareToSleep();
  // Reactor, awake again: all that has been added.
  ConnectionList Take();

  // What the reactor watches, edge-triggered. Every signal is an edge of its own, so the counter is
  // never read: that would be a system call for nothing.
  int wake_fd() const { return wake_.fd(); }

 private:
  sys::EventFd wake_;
  Mutex mutex_;
  ConnectionList list_ GUARDED_BY(mutex_);
  bool interrupted_ GUARDED_BY(mutex_) = false;
  bool reactor_asleep_ GUARDED_BY(mutex_) = false;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_READY_LIST_H_
