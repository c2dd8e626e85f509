#include "src/connection/connection.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

#include "src/connection/trace.h"
#include "src/linux/clock.h"
#include "src/linux/fork.h"
#include "src/linux/socket.h"

namespace switchboard {
namespace {

// Reads that Discard makes before the other connections have their turn.
constexpr int kDiscardReads = 4;

CloseReason ReasonOf(int error) {
  switch (error) {
    case ECONNRESET:
    case EPIPE:
      return CloseReason::kReset;
    // The kernel has asked long enough. The others are what routers said meanwhile.
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case EHOSTDOWN:
    case ENETUNREACH:
    case ENETDOWN:
    case ENONET:
      return CloseReason::kVanished;
    default:
      return CloseReason::kError;
  }
}

}  // namespace

Connection::ReadOutcome Connection::Read(char* buffer, size_t bytes) {
  assert(OwnedByReactor());
  ServiceCounters& counters = *route_->counters;
  bool cut = false;
  const sys::Result got =
      is_unix_ ? sys::RecvUnix(fd_, buffer, bytes, cut) : sys::Recv(fd_, buffer, bytes);
  if (!got) {
    if (got.WouldBlock()) {
      state.Drained();
      return ReadOutcome::kNothing;
    }
    Break(got.error);
    return ReadOutcome::kFailed;
  }
  if (got.value == 0) return ReadOutcome::kEnd;
  const size_t taken = static_cast<size_t>(got.value);
  if (taken == bytes) {
    counters.yields.Add();
  } else if (!cut && !state.Has(ConnectionState::kPeerClosed | ConnectionState::kUrgent)) {
    state.Drained();
  }
  buffer_ = buffer;
  service_is_next_ = true;
  begin_ = 0;
  end_ = owed_bytes_ = used_bytes_ = static_cast<uint32_t>(taken);
  counters.reads.Add();
  counters.bytes_in.Add(taken);
  return ReadOutcome::kRequest;
}

Connection::ReadOutcome Connection::Discard(std::span<char> scratch) {
  assert(OwnedByReactor());
  ServiceCounters& counters = *route_->counters;
  for (int i = 0; i < kDiscardReads; ++i) {
    const sys::Result got = sys::Recv(fd_, scratch.data(), scratch.size());
    if (got.WouldBlock()) {
      state.Drained();
      return ReadOutcome::kNothing;
    }
    if (!got) {
      if (!lingering()) Break(got.error);
      return ReadOutcome::kFailed;
    }
    if (got.value == 0) return ReadOutcome::kEnd;
    const auto taken = static_cast<uint64_t>(got.value);
    if (lingering()) {
      talks_on = true;
      counters.bytes_unheard.Add(taken);
    } else {
      counters.bytes_in.Add(taken);
      counters.bytes_discarded.Add(taken);
    }
  }
  return ReadOutcome::kMore;
}

bool Connection::Serve(WorkerContext& context) {
  assert(!OwnedByReactor());
  if (IsToBeSkipped()) {
    Skip(context);
    return false;
  }
  if (service_is_next_) Answer(context);
  if (!(context.times_writes ? TimedSendReply(context) : SendReply(context))) return false;
  service_is_next_ = next_ == Next::kContinue;
  // The other callers have their turn before a service that talks by itself goes on.
  if (service_is_next_) return false;
  context.released.Push(buffer_, used_bytes_);
  buffer_ = nullptr;
  return next_ == Next::kRead && state.HandBack();
}

// Whether the service would work for a caller who has hung up with a reset. An end of stream is no
// reset: a half-closed caller waits for its echo. OnOpen is called all the same, so that a service
// that begins something for each caller has begun what its OnClose ends.
bool Connection::IsToBeSkipped() const {
  return service_is_next_ && phase_ != Phase::kOpening && state.Has(ConnectionState::kReset);
}

// What the caller is owed stays so, and is lost when the reactor closes the connection.
void Connection::Skip(WorkerContext& context) {
  context.counters[route_->number].skipped.Add();
  const int error = static_cast<int>(sys::PendingError(fd_).value);
  Break(error > 0 ? error : ECONNRESET);
}

// Lets the service turn the request into the reply, in place.
void Connection::Answer(WorkerContext& context) {
  Call call({buffer_, context.buffer_bytes}, end_, service_state_);
  switch (phase_) {
    case Phase::kOpening:
      next_ = route_->service->OnOpen(call);
      break;
    case Phase::kStreaming:
      next_ = route_->service->OnContinue(call);
      break;
    default:
      if (context.trace != nullptr) context.trace->Print(fd_, call.data());
      next_ = route_->service->OnRead(call);
  }
  service_is_next_ = false;
  phase_ = next_ == Next::kContinue ? Phase::kStreaming : Phase::kTalking;
  begin_ = 0;
  end_ = static_cast<uint32_t>(call.data().size());
  used_bytes_ = std::max({used_bytes_, end_, static_cast<uint32_t>(call.used())});
  if (owed_bytes_ > end_) {
    context.counters[route_->number].bytes_discarded.Add(owed_bytes_ - end_);
    owed_bytes_ = end_;
  }
}

bool Connection::TimedSendReply(WorkerContext& context) {
  const int64_t began_ns = sys::NowNs();
  const bool all_sent = SendReply(context);
  context.counters[route_->number].write_time.Add(sys::NowNs() - began_ns);
  return all_sent;
}

// True once all has been sent; false if there is no room for the rest, or the connection broke.
bool Connection::SendReply(WorkerContext& context) {
  bool cleared_writable = false;
  while (has_unsent()) {
    const sys::Result sent = sys::Send(fd_, buffer_ + begin_, end_ - begin_);
    if (sent) {
      CountSent(static_cast<size_t>(sent.value), context);
      begin_ += static_cast<uint32_t>(sent.value);
    } else if (!sent.WouldBlock()) {
      Break(sent.error);
      return false;
    } else if (cleared_writable) {
      return false;
    }
    // Clear kWritable before the next send, which may find no room: an EPOLLOUT that comes after
    // its EAGAIN sets the bit again and is not lost.
    if (has_unsent() && !cleared_writable) {
      state.ForgetWritable();
      cleared_writable = true;
    }
  }
  begin_ = end_ = 0;
  return true;
}

// The first bytes of a reply are the answer to the request, as many as that had; whatever a service
// adds to them is unsolicited.
void Connection::CountSent(size_t bytes, WorkerContext& context) {
  const size_t paid = std::min<size_t>(bytes, owed_bytes_);
  owed_bytes_ -= static_cast<uint32_t>(paid);
  sent_bytes_ = static_cast<uint32_t>(std::min<size_t>(sent_bytes_ + paid, UINT32_MAX));
  WorkerCounters& counters = context.counters[route_->number];
  counters.bytes_out.Add(paid);
  if (bytes > paid) counters.bytes_unsolicited.Add(bytes - paid);
}

void Connection::Open(char* buffer) {
  assert(OwnedByReactor());
  buffer_ = buffer;
  used_bytes_ = 0;
  service_is_next_ = true;
  phase_ = Phase::kOpening;
}

void Connection::HangUp(CloseReason reason) {
  assert(OwnedByReactor());
  close_reason_ = reason;
  phase_ = Phase::kLingering;
  // Fails only if the caller is gone already, which the next read finds out.
  (void)sys::ShutdownWrite(fd_);
}

void Connection::Break(int error) {
  phase_ = Phase::kBroken;
  close_reason_ = ReasonOf(error);
}

void Connection::ReturnBuffer(BufferPool& buffers) {
  assert(OwnedByReactor());
  begin_ = end_ = owed_bytes_ = 0;
  if (buffer_ != nullptr) buffers.PutBack(std::exchange(buffer_, nullptr), used_bytes_);
}

uint32_t Connection::UnreadBytes() const {
  return static_cast<uint32_t>(std::max<int64_t>(sys::UnreadBytes(fd_).value, 0));
}

uint32_t Connection::UnackedBytes() const {
  // One that lingers may wait for the reactor's next round, but is never at a worker again.
  assert(OwnedByReactor() || lingering());
  const int64_t held = sys::UnackedBytes(fd_).value;
  const int64_t end_of_stream = lingering() && !is_unix_ ? 1 : 0;
  return static_cast<uint32_t>(std::max<int64_t>(held - end_of_stream, 0));
}

void Connection::RecallUnacked() {
  assert(OwnedByReactor());
  if (is_unix_) return;  // what the caller has not read stays there for it
  const uint32_t recalled = std::min(UnackedBytes(), sent_bytes_);
  sent_bytes_ -= recalled;
  owed_bytes_ += recalled;
  route_->counters->bytes_out.Subtract(recalled);
}

void Connection::Close(bool reset) {
  assert(OwnedByReactor());
  sys::CloseWithCopies(sys::Fd(std::exchange(fd_, -1)), reset);
}

}  // namespace switchboard
