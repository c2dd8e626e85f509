// A snapshot of a server's counters.
//
// The books: accepted = active + closed (the sum over the reasons), and
// bytes_in = bytes_out + bytes_lost + bytes_discarded + bytes_buffered. They hold exactly once the
// server has stopped; while it runs, a snapshot may catch a byte between two counters.

#ifndef SWITCHBOARD_STATS_H_
#define SWITCHBOARD_STATS_H_

#include <array>
#include <cstdint>
#include <string>

namespace switchboard {

// Why a connection ended.
enum class CloseReason {
  kPeer,          // the caller hung up
  kReset,         // the caller reset the connection
  kIdle,          // nothing moved for the idle timeout
  kWriteTimeout,  // the caller did not read its reply
  kServed,        // the service was done with the caller
  kDrain,         // the server was told to stop
  kError,         // any other error, or no memory for the call
};
inline constexpr int kCloseReasons = 7;

struct Stats {
  uint64_t accepted = 0;
  uint64_t active = 0;
  std::array<uint64_t, kCloseReasons> closed_by_reason{};

  uint64_t bytes_in = 0;           // read from callers for a service
  uint64_t bytes_out = 0;          // of these, sent back as replies
  uint64_t bytes_lost = 0;         // replies that a closed connection could not take
  uint64_t bytes_discarded = 0;    // read, and not to be answered
  uint64_t bytes_buffered = 0;     // replies that are not yet written
  uint64_t bytes_unsolicited = 0;  // sent without being asked: greetings, chargen, daytime
  uint64_t bytes_unheard = 0;      // came in after the server had hung up; not in bytes_in

  uint64_t reads = 0;             // complete reads dispatched to a worker
  uint64_t yields = 0;            // reads that filled their budget, and made way for other callers
  uint64_t queued = 0;            // connections waiting for a worker at this moment
  uint64_t worker_wakes = 0;      // sleeping workers woken
  uint64_t rejected = 0;          // callers told "busy" at the connection limit
  uint64_t held = 0;              // times that the limit left callers waiting in the backlog
  uint64_t accept_paused = 0;     // times that a lack of descriptors or memory paused accepting
  uint64_t accept_failed = 0;     // calls lost between the backlog and accept(2), and retried
  uint64_t no_memory = 0;         // callers dropped because there was no memory for them
  uint64_t register_failed = 0;   // callers dropped because the kernel refused to watch them
  uint64_t log_dropped = 0;       // log and trace lines that nobody was ready to take
  // Tries of callers that the kernel turned away from these listening sockets, as a rule because a
  // backlog was full; -1: the kernel does not say.
  int64_t listen_overflows = -1;

  uint64_t closed() const;
  uint64_t closed(CloseReason reason) const { return closed_by_reason[static_cast<int>(reason)]; }

  // All of it as "key=value" pairs separated by spaces.
  std::string ToLogfmt() const;
};

// "peer", "reset", "idle", "write_timeout", "served", "drain", "error".
const char* ToString(CloseReason reason);

}  // namespace switchboard

#endif  // SWITCHBOARD_STATS_H_
