// A snapshot of a server's counters.
//
// The books: accepted = active + closed (the sum over the reasons), and
// bytes_in = bytes_out + bytes_lost + bytes_discarded + bytes_buffered. They hold exactly once the
// server has stopped; while it runs, a snapshot may catch a byte between two counters.
//
// A plain value. Counted from the start of the server on.

#ifndef SWITCHBOARD_STATS_H_
#define SWITCHBOARD_STATS_H_

#include <array>
#include <cstdint>
#include <string>

#include "switchboard/time_histogram.h"

namespace switchboard {

// Why a connection ended.
enum class CloseReason : uint8_t {
  kPeer,          // the caller hung up
  kReset,         // the caller reset the connection
  kVanished,      // the caller's host does not answer any more
  kIdle,          // nothing moved for the idle timeout
  kWriteTimeout,  // the caller did not read its reply
  kServed,        // the service was done with the caller
  kDrain,         // the server was told to stop
  kError,         // any other error, or no memory for the call
  kProcess,       // the process that served it, one of several, has died
};
inline constexpr int kCloseReasons = 9;

// What the threads of a server count: plain numbers in a snapshot, and in the server's own threads
// something that one thread writes while others read it.
//
// To add a counter: a member here, and a row in src/books/counter_table.cc, which says its key and
// its name in /metrics; the compiler refuses one without the other. Two tests that hold names fast
// have lists of them: tests/parts/stats_test.cc and counter_table_test.cc.
template <typename Number>
struct Counts {
  Number accepted{};
  std::array<Number, kCloseReasons> closed_by_reason{};

  Number bytes_in{};           // read from callers for a service
  Number bytes_out{};          // of these, sent back as replies
  Number bytes_lost{};         // replies, or parts of them, that did not reach the caller's host
  Number bytes_discarded{};    // read, and not to be answered
  Number bytes_unsolicited{};  // sent without being asked: greetings, chargen, daytime
  Number bytes_unheard{};      // came in after the server had hung up; not in bytes_in

  Number reads{};     // complete reads dispatched to a worker
  Number yields{};    // reads that filled their budget, and made way for other callers
  Number skipped{};   // turns that no service was asked for: the caller had reset the call
  Number rejected{};  // callers told "busy" at a limit of connections
  Number rejected_by_address{};  // of these, who called beyond Options::max_per_address
  // Behind a proxy: calls that it made for itself, to see whether somebody answers. They are
  // served, and their bytes counted, but not in `accepted`. Also who leaves without a word there.
  Number checks{};
  Number proxy_v1{};         // headers that name the caller, of version 1
  Number proxy_v2{};         // and 2
  Number proxy_unknown{};    // that leave it open: the proxy counts as the caller
  Number proxy_malformed{};  // that are none, or end early: reset
  Number proxy_untrusted{};  // callers that Options::proxy_from does not name: hung up on
  Number proxy_timeout{};  // headers not whole after Options::proxy_timeout_ms, or at a stop: reset

  Number held{};           // times that the limit left callers waiting in the backlog
  Number accept_paused{};  // times that a listener paused: no descriptors or memory, or refused
  Number paused_descriptors{};  // of these, for lack of descriptors
  Number paused_memory{};       // of these, for lack of memory
  Number accept_failed{};    // accepts that failed as for a single caller's sake, and were retried
  Number no_memory{};        // callers dropped because there was no memory for them
  Number register_failed{};  // callers dropped because the kernel refused to watch them
};

struct Stats : Counts<uint64_t> {
  uint64_t active = 0;          // accepted, and not closed yet
  uint64_t bytes_buffered = 0;  // replies that are not yet written
  uint64_t queued = 0;          // connections waiting for a worker at this moment
  uint64_t worker_wakes = 0;    // sleeping workers woken
  uint64_t log_dropped = 0;     // log and trace lines that nobody was ready to take
  // Tries of callers that the kernel turned away from these listening sockets, as a rule because a
  // backlog was full; -1: the kernel does not say.
  int64_t listen_overflows = -1;

  TimeHistogram reactor_time;  // from the reactor's look at what is there to the dispatch of a turn
  TimeHistogram queue_wait;    // from the dispatch of a turn to its start
  TimeHistogram service_time;  // of a turn in a worker; for short ones the mean of some in a row
  TimeHistogram write_time;    // of that, to send the reply; none without Options::time_writes

  uint64_t closed() const;
  uint64_t closed(CloseReason reason) const { return closed_by_reason[static_cast<int>(reason)]; }

  // All of it as "key=value" pairs separated by spaces.
  std::string ToLogfmt() const;
};

// "peer", "reset", "vanished", "idle", "write_timeout", "served", "drain", "error", "process".
const char* ToString(CloseReason reason);

}  // namespace switchboard

#endif  // SWITCHBOARD_STATS_H_
