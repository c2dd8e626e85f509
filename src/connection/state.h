// The word that says who owns a connection, and what epoll has reported meanwhile.
//
// One owner at a time. While kScheduled is clear, the reactor owns the connection and may give it a
// turn when an event comes. While it is set, the connection is in a queue or at a worker, and its
// turn comes by itself: it waits for a worker, has one, is on the ready list on its way back, or
// waits for the reactor's next round. Only the owner touches anything else of the connection, so
// there is no lock for it. Only the reactor adds the other bits. kReadable, kUrgent and kWritable
// stay until whoever acts on them takes them off, because edge-triggered epoll reports nothing
// twice; kPeerClosed, kLastTurn and kReset stay until the connection is closed.
//
// Each transition is one function and one atomic operation, free of I/O, so that a test can run
// every interleaving of them.

#ifndef SWITCHBOARD_SRC_CONNECTION_STATE_H_
#define SWITCHBOARD_SRC_CONNECTION_STATE_H_

#include <atomic>
#include <cstdint>

namespace switchboard {

class ConnectionState {
 public:
  enum Bit : uint32_t {
    kScheduled = 1,
    kReadable = 2,    // there may be something to read
    kWritable = 4,    // there may be room to write again
    kPeerClosed = 8,  // EPOLLRDHUP, EPOLLHUP or EPOLLERR: a read goes on until the end of stream
    kUrgent = 16,     // EPOLLPRI: a read stops at the urgent mark, and there may be more behind it
    kLastTurn = 32,   // the server is stopping: end this call at the next opportunity
    kReset = 64,      // the caller has reset the connection, or its host is gone: nobody listens
  };

  // Reactor: notes what has happened. True if the connection is the reactor's to act on now;
  // otherwise the bits are found when its turn comes, or when the worker hands it back.
  bool Note(uint32_t bits) {
    return (word_.fetch_or(bits, std::memory_order_acq_rel) & kScheduled) == 0;
  }

  // Reactor, as owner: about to put the connection into a queue.
  void Schedule() { word_.fetch_or(kScheduled, std::memory_order_acq_rel); }

  // Worker, as owner: called before the send that may find no room. An EPOLLOUT that comes after
  // that send sets kWritable again; cleared after the send, it would be lost.
  void ForgetWritable() { word_.fetch_and(~uint32_t{kWritable}, std::memory_order_acq_rel); }

  // Worker, as owner: gives the connection back if nothing in it needs the reactor. True: it has
  // been given back and must not be touched again. False: the worker still owns it, and must put it
  // on the ready list. Clearing kScheduled first and listing it afterwards would let the reactor
  // free it in between.
  bool HandBack() {
    uint32_t seen = word_.load(std::memory_order_relaxed);
    while ((seen & (kReadable | kPeerClosed | kLastTurn)) == 0) {
      if (word_.compare_exchange_weak(seen, seen & ~uint32_t{kScheduled}, std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  // Reactor: takes back a connection that it found on the ready list or among those that waited for
  // this round.
  void TakeBack() { word_.fetch_and(~uint32_t{kScheduled}, std::memory_order_acq_rel); }

  // Reactor, as owner: everything there was has been read. Only the reactor reads and only the
  // reactor notes new data, so nothing can arrive unnoticed between the read and this.
  void Drained() { word_.fetch_and(~uint32_t{kReadable | kUrgent}, std::memory_order_relaxed); }

  // Any thread. Only the owner can rely on a bit staying as it is.
  bool Has(uint32_t bits) const { return (word_.load(std::memory_order_acquire) & bits) != 0; }

 private:
  std::atomic<uint32_t> word_{kWritable};
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_STATE_H_
