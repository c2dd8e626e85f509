// One caller. Its state word says who owns it, the reactor or one worker, and only the owner
// touches the rest. A message is two calls: Read by the reactor, then Serve by a worker.
//
// A comment that begins with "Reactor:" or "Worker:" says who owns the connection in that call,
// which the call asserts.

#ifndef SWITCHBOARD_SRC_CONNECTION_CONNECTION_H_
#define SWITCHBOARD_SRC_CONNECTION_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "src/books/counters.h"
#include "src/connection/buffer_pool.h"
#include "src/connection/event_source.h"
#include "src/connection/state.h"
#include "src/linux/fd.h"
#include "switchboard/service.h"
#include "switchboard/stats.h"

namespace switchboard {

enum class DeadlineKind : uint8_t;
enum class Standing : uint8_t;
struct CallerHost;
class Trace;
class WorkerPool;

// Where the calls of one listening address go. Constant while the server runs.
struct Route {
  Service* service;
  Service::Traits traits;
  WorkerPool* pool;
  size_t number = 0;                    // of the service, among those that a worker counts for
  ServiceCounters* counters = nullptr;  // what the reactor counts for it
};

// What a worker thread has of its own and lends to each connection that it serves.
struct WorkerContext {
  std::span<WorkerCounters> counters;  // by Route::number
  BufferPool::Chain released;          // buffers that its connections no longer need
  size_t buffer_bytes = 0;             // the room in each buffer
  Trace* trace = nullptr;              // null unless reads are to be printed
  bool times_writes = false;
};

class alignas(64) Connection {
 public:
  // A closed one, in whose place a new one is constructed later.
  Connection() = default;
  Connection(int fd, const Route& route, bool is_unix = false)
      : fd_(fd), route_(&route), is_unix_(is_unix) {}

  enum class ReadOutcome {
    kRequest,  // Read: a complete one waits for a worker
    kMore,     // Discard: the budget was spent, and there may be more
    kNothing,  // nothing there: drained
    kEnd,      // end of stream, and everything before it has been answered
    kFailed,   // the connection is broken; close_reason() says how
  };

  // Reactor: reads what is there into `buffer`, up to the budget `bytes`. The buffer is the
  // connection's if the outcome is kRequest.
  ReadOutcome Read(char* buffer, size_t bytes);

  // Reactor: reads and throws away, for a connection whose service does not read, or that the
  // server has hung up on.
  ReadOutcome Discard(std::span<char> scratch);

  // Worker: lets the service answer, sends the answer, and hands the connection back. False if the
  // reactor has to see it: the worker then still owns it, and puts it on the ready list.
  [[nodiscard]] bool Serve(WorkerContext& context);

  // Reactor: prepares a new connection for a worker, which calls Service::OnOpen with `buffer`.
  void Open(char* buffer);

  // Reactor: sends the end of stream. The connection lingers from here on: what still comes is to
  // be discarded.
  void HangUp(CloseReason reason);

  // Reactor: gives up what is unsent, and the buffer if there is one.
  void ReturnBuffer(BufferPool& buffers);

  // Bytes that have arrived and have not been read.
  uint32_t UnreadBytes() const;
  // Reactor: bytes that the kernel has taken for the caller, and whose arrival the caller's host
  // has not acknowledged.
  uint32_t UnackedBytes() const;

  // Reactor, about to reset the connection: the replies among the unacknowledged bytes will not
  // arrive, so they count as owed again and not as sent. What is unsolicited among them is taken to
  // have been sent first.
  void RecallUnacked();

  // Reactor: closes the socket. With `reset` the kernel forgets what it still holds for the caller;
  // without, it goes on sending that, for as long as it takes a caller that does not read.
  void Close(bool reset);

  int fd() const { return fd_; }
  const Route& route() const { return *route_; }
  bool has_unsent() const { return begin_ < end_; }
  bool broken() const { return phase_ == Phase::kBroken; }
  bool lingering() const { return phase_ == Phase::kLingering; }
  bool closed() const { return fd_ < 0; }
  Next next() const { return next_; }
  uint32_t owed_bytes() const { return owed_bytes_; }
  uint32_t used_bytes() const { return used_bytes_; }
  uint64_t service_state() const { return service_state_; }
  CloseReason close_reason() const { return close_reason_; }

  ConnectionState state;

  // Where its place in the table is, and which user of that place it is.
  EventSource source{.kind = EventSource::Kind::kConnection};

  // When it was published for a worker: sys::NowNs in units of 1024 ns, the last 32 bits. The
  // pool's while it waits there.
  uint32_t published = 0;

  // Link of the queue it is in. It is in one at most: the pool's, a worker's share, the ready list,
  // those of the next round, or the free ones of the table.
  Connection* queue_next = nullptr;

  // The reactor thread's, whoever owns the connection. It is in one queue of Deadlines at most.
  Connection* deadline_next = nullptr;
  Connection* deadline_previous = nullptr;
  int64_t due_ms = 0;
  CallerHost* host = nullptr;  // whose callers it is among, if they are counted
  uint32_t unacked_bytes = 0;  // at the last look
  uint32_t drain_bytes = 0;    // while draining: said before that, and still to be read
  uint32_t admitted_ms = 0;  // the clock's last 32 bits: a call of more than 49 days seems shorter
  uint16_t linger_looks = 0;
  uint16_t spoke_second = 0;     // Talk's
  DeadlineKind deadline{};       // whose queue it is in
  uint8_t quiet_looks = 0;       // in a row, at which nothing had moved
  Standing standing{};           // what kind of place it takes
  bool stalled : 1 = false;      // its reply waits for room
  bool talks_on : 1 = false;     // lingering: has said something since the last look
  bool linger_over : 1 = false;  // no more lingering: its next turn closes it
  bool known : 1 = false;        // to its service, which is told when the call is over

 private:
  enum class Phase : uint8_t {
    kOpening,    // OnOpen is next
    kTalking,    // OnRead, or a reply under way
    kStreaming,  // OnContinue is next
    kLingering,  // the server has hung up and waits for the caller to do so
    kBroken,     // an error: to be closed
  };

  bool OwnedByReactor() const { return !state.Has(ConnectionState::kScheduled); }
  bool IsToBeSkipped() const;
  void Skip(WorkerContext& context);
  void Answer(WorkerContext& context);
  bool SendReply(WorkerContext& context);
  bool TimedSendReply(WorkerContext& context);
  void CountSent(size_t bytes, WorkerContext& context);
  void Break(int error);

  // In an order that leaves no gaps.
  int fd_ = -1;
  const Route* route_ = nullptr;
  char* buffer_ = nullptr;
  uint64_t service_state_ = 0;
  uint32_t begin_ = 0;       // of what is unsent, in buffer_
  uint32_t end_ = 0;         // of the request, then of the reply
  uint32_t used_bytes_ = 0;  // most that buffer_, or the one before it, has held
  uint32_t owed_bytes_ = 0;  // of the request, what is neither answered nor given up yet
  uint32_t sent_bytes_ = 0;  // of all replies so far, or as many as fit here
  bool is_unix_ : 1 = false;
  bool service_is_next_ : 1 = false;  // a worker calls the service before it sends anything
  Phase phase_ = Phase::kTalking;
  Next next_ = Next::kRead;
  CloseReason close_reason_ = CloseReason::kPeer;
};

// An idle connection costs no more than this.
static_assert(sizeof(Connection) <= 128);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_CONNECTION_H_
