// The word that says who owns a connection, and what epoll has reported meanwhile.
//
// One owner at a time: while kAtWorker is clear the reactor owns the connection, while it is set a
// worker does (or a queue on the way to or from one). Only the owner touches anything else of the
// connection, so there is no lock for it. Only the reactor adds the other bits, and they stay until
// whoever acts on them takes them off, because edge-triggered epoll tells nobody twice.
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
    kAtWorker = 1,
    kReadable = 2,    // there may be something to read
    kWritable = 4,    // there may be room to write again
    kPeerClosed = 8,  // a short read does not mean drained: read on until the end of stream
    kUrgent = 16,     // nor does it now: a read stops at the urgent mark
    kHangUp = 32,     // the server is stopping: end this call at the next opportunity
  };

  // Reactor: notes what has happened. True if the connection is the reactor's to act on now;
  // otherwise the worker will find the bits when it hands back.
  bool Note(uint32_t bits) {
    return (word_.fetch_or(bits, std::memory_order_acq_rel) & kAtWorker) == 0;
  }

  // Reactor, as owner: gives the connection away.
  void GiveToWorker() { word_.fetch_or(kAtWorker, std::memory_order_acq_rel); }

  // Worker, as owner: before the send that may find no room, so that an EPOLLOUT that comes after
  // it is not taken for one that came before.
  void ForgetWritable() { word_.fetch_and(~uint32_t{kWritable}, std::memory_order_acq_rel); }

  // Worker, as owner: gives the connection back if nothing in it needs the reactor, and true means
  // that it is gone. False: the worker still owns it, and must put it on the ready list. Clearing
  // kAtWorker first and listing it afterwards would let the reactor free it in between.
  bool HandBack() {
    uint32_t seen = word_.load(std::memory_order_relaxed);
    while ((seen & (kReadable | kPeerClosed | kHangUp)) == 0) {
      if (word_.compare_exchange_weak(seen, seen & ~uint32_t{kAtWorker}, std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  // Reactor: takes a connection that it found on the ready list.
  void TakeBack() { word_.fetch_and(~uint32_t{kAtWorker}, std::memory_order_acq_rel); }

  // Reactor, as owner: everything there was has been read. Only the reactor reads and only the
  // reactor notes new data, so nothing can arrive unnoticed between the read and this.
  void Drained() { word_.fetch_and(~uint32_t{kReadable | kUrgent}, std::memory_order_relaxed); }

  // Reactor, as owner, or anybody for a guess.
  bool Has(uint32_t bits) const { return (word_.load(std::memory_order_acquire) & bits) != 0; }

 private:
  std::atomic<uint32_t> word_{kWritable};
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_STATE_H_
