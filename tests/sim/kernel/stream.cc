#include "tests/sim/kernel/stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace switchboard::sim {
namespace {

constexpr uint32_t kInput = EPOLLIN | EPOLLPRI | EPOLLRDNORM | EPOLLRDBAND;
constexpr uint32_t kRoom = EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;
constexpr uint32_t kAll = 0;

}  // namespace

sys::Result Stream::Receive(char* data, size_t size) {
  if (state_ == State::kFresh) return {-1, ENOTCONN};
  if (!incoming_.empty()) {
    const size_t taken = UpToUrgent(std::min(size, incoming_.size()));
    std::memcpy(data, incoming_.data(), taken);
    incoming_.erase(0, taken);
    if (urgent_incoming_ && *urgent_incoming_ < taken) {
      urgent_incoming_.reset();
    } else if (urgent_incoming_) {
      *urgent_incoming_ -= taken;
    }
    return {static_cast<long>(taken), 0};
  }
  if (end_received_) return {0, 0};
  if (error_ != 0) return {-1, TakeError()};
  if (state_ == State::kOver) return {0, 0};
  return {-1, EAGAIN};
}

sys::Result Stream::Peek(char* data, size_t size) {
  if (incoming_.empty()) return Receive(data, size);
  const size_t seen = UpToUrgent(std::min(size, incoming_.size()));
  std::memcpy(data, incoming_.data(), seen);
  return {static_cast<long>(seen), 0};
}

// A read stops in front of the urgent byte, and with it there goes on behind it.
size_t Stream::UpToUrgent(size_t size) const {
  const bool stops = urgent_incoming_ && *urgent_incoming_ > 0 && *urgent_incoming_ < size;
  return stops ? *urgent_incoming_ : size;
}

sys::Result Stream::Send(const char* data, size_t size, bool urgent) {
  if (error_ != 0) return {-1, TakeError()};
  if (state_ == State::kConnecting) return {-1, EAGAIN};
  if (state_ != State::kConnected || end_written_) return {-1, EPIPE};
  const size_t room = settings.send_bytes - std::min(settings.send_bytes, outgoing_.size());
  const size_t taken = std::min(size, room);
  if (taken < size) waits_for_room_ = true;
  if (taken == 0) return {-1, EAGAIN};
  outgoing_.append(data, taken);
  if (urgent) urgent_outgoing_ = outgoing_.size() - 1;
  return {static_cast<long>(taken), 0};
}

sys::Result Stream::ShutdownWrite() {
  if (state_ == State::kFresh || state_ == State::kOver) return {-1, ENOTCONN};
  end_written_ = true;
  Wake(kAll);
  return {};
}

uint32_t Stream::Mask() {
  uint32_t mask = 0;
  const bool over = state_ == State::kFresh || state_ == State::kOver;
  if (over || (end_received_ && end_written_)) mask |= EPOLLHUP;
  if (state_ == State::kOver || end_received_) mask |= EPOLLIN | EPOLLRDHUP;
  if (state_ != State::kConnecting) {
    if (!incoming_.empty()) mask |= EPOLLIN;
    if (urgent_incoming_) mask |= EPOLLPRI;
    if (over || end_written_ || HasRoom()) {
      mask |= EPOLLOUT;
    } else {
      waits_for_room_ = true;
    }
  }
  if (error_ != 0) mask |= EPOLLERR;
  return mask;
}

// A third of the buffer is free, or it is hardly used: less is not worth waking anybody.
bool Stream::HasRoom() const {
  const size_t used = std::min(settings.send_bytes, outgoing_.size());
  return settings.send_bytes - used >= used / 2 && used < settings.send_bytes;
}

void Stream::Leave() {
  owner_gone_ = true;
  if (state_ == State::kConnected) {
    if (reset_on_close || !incoming_.empty()) {
      Reset();
    } else {
      end_written_ = true;
    }
  }
  incoming_.clear();
}

void Stream::Connect(Listening& listening) {
  state_ = State::kConnecting;
  peer_port = listening.port;
  (void)listening.Admit(*this);
}

void Stream::Refuse() {
  state_ = State::kOver;
  End(ECONNREFUSED);
}

void Stream::Break(int error) {
  if (state_ != State::kConnected) return;
  Reset();
  End(error);
}

void Stream::Join(Stream& a, Stream& b) {
  a.peer_ = std::static_pointer_cast<Stream>(b.shared_from_this());
  b.peer_ = std::static_pointer_cast<Stream>(a.shared_from_this());
  a.state_ = b.state_ = State::kConnected;
  a.Wake(kAll);
}

bool Stream::HasUndelivered() const {
  return reset_under_way_ || !outgoing_.empty() || (end_written_ && !end_delivered_);
}

bool Stream::CanDeliver() const {
  if (state_ != State::kConnected && !reset_under_way_) return false;
  const std::shared_ptr<Stream> other = peer();
  if (other == nullptr || other->owner_gone_ || outgoing_.empty()) return HasUndelivered();
  return reset_under_way_ || other->incoming_.size() < other->settings.receive_bytes;
}

void Stream::Deliver(size_t most) {
  const std::shared_ptr<Stream> other = peer();
  if (reset_under_way_) {
    reset_under_way_ = false;
    outgoing_.clear();
    if (other != nullptr) other->OnReset();
    return;
  }
  if (!outgoing_.empty()) {
    if (other == nullptr || other->state_ != State::kConnected || other->owner_gone_) {
      // Nobody is there to take it: a reset comes back, and what was to come from there is lost.
      if (other != nullptr) other->Drop();
      return OnReset();
    }
    const size_t room = other->settings.receive_bytes - other->incoming_.size();
    const size_t moved = std::min({most, outgoing_.size(), room});
    const bool urgent = urgent_outgoing_ && *urgent_outgoing_ < moved;
    other->OnDelivered(outgoing_.data(), moved, urgent ? urgent_outgoing_ : std::nullopt);
    outgoing_.erase(0, moved);
    if (urgent) {
      urgent_outgoing_.reset();
    } else if (urgent_outgoing_) {
      *urgent_outgoing_ -= moved;
    }
    NoteRoom();
  }
  if (outgoing_.empty() && end_written_ && !std::exchange(end_delivered_, true)) {
    if (other != nullptr) other->OnEnd();
    CheckOver();
  }
}

void Stream::OnDelivered(const char* data, size_t size, std::optional<size_t> urgent) {
  const size_t before = incoming_.size();
  arrived_bytes_ += size;
  incoming_.append(data, size);
  if (urgent && settings.urgent_inline) urgent_incoming_ = before + *urgent;
  if (urgent && !settings.urgent_inline) incoming_.erase(before + *urgent, 1);
  Wake(kInput);
}

void Stream::OnEnd() {
  if (state_ != State::kConnected) return;
  end_received_ = true;
  Wake(kAll);
  CheckOver();
}

// Both directions have ended, and both ends know.
void Stream::CheckOver() {
  if (state_ != State::kConnected || !end_received_ || !end_delivered_) return;
  state_ = State::kOver;
  Wake(kAll);
}

void Stream::OnReset() {
  if (state_ != State::kConnected) return;
  End(end_received_ ? EPIPE : ECONNRESET);
}

void Stream::End(int error) {
  Drop();
  error_ = error;
  Wake(kAll);
  Wake(EPOLLERR);
}

size_t Stream::unacked_bytes() const {
  const bool end_on_its_way = end_written_ && !end_delivered_;
  return outgoing_.size() + (end_on_its_way ? 1 : 0) + dropped_bytes_;
}

void Stream::Drop() {
  state_ = State::kOver;
  dropped_bytes_ = unacked_bytes();
  outgoing_.clear();
  end_written_ = end_delivered_ = true;
}

// Tells the other end, and throws away what it has not been sent.
void Stream::Reset() {
  Drop();
  reset_under_way_ = true;
}

void Stream::NoteRoom() {
  if (!waits_for_room_ || !HasRoom()) return;
  waits_for_room_ = false;
  Wake(kRoom);
}

int Stream::TakeError() { return std::exchange(error_, 0); }

std::shared_ptr<Stream> Listening::Accept() {
  if (waiting_.empty()) return nullptr;
  std::shared_ptr<Stream> first = std::move(waiting_.front());
  waiting_.pop_front();
  return first;
}

// False if the backlog is full: the caller tries again later, as its retransmitted SYN would.
bool Listening::Admit(Stream& caller) {
  if (!HasPlace()) return false;
  waiting_.push_back(std::make_shared<Stream>(settings));
  Stream& accepted = *waiting_.back();
  accepted.local_port = port;
  accepted.peer_port = caller.local_port;
  Stream::Join(caller, accepted);
  Wake(kInput);
  return true;
}

}  // namespace switchboard::sim
