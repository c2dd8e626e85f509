// TCP, as far as a socket's owner can see it: one end of a connection, and the listening socket.
//
// Bytes go from the writer's send buffer to the reader's receive buffer when the network delivers
// them (Deliver), then the end of stream. A reset overtakes what it has not delivered, and what
// the reader already has stays readable, as in Linux. tcp(7).

#ifndef SWITCHBOARD_TESTS_SIM_KERNEL_STREAM_H_
#define SWITCHBOARD_TESTS_SIM_KERNEL_STREAM_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "tests/sim/kernel/file.h"

namespace switchboard::sim {

// What accepted sockets inherit from the listening one.
struct SocketSettings {
  size_t send_bytes = 64 << 10;
  size_t receive_bytes = 64 << 10;
  bool urgent_inline = false;
};

class Listening;

class Stream : public File {
 public:
  Stream() = default;
  explicit Stream(const SocketSettings& s) : settings(s) {}

  sys::Result Receive(char* data, size_t size);
  // What Receive would give, which stays there.
  sys::Result Peek(char* data, size_t size);
  sys::Result Send(const char* data, size_t size, bool urgent = false);
  sys::Result ShutdownWrite();
  uint32_t Mask() override;
  // The owner is gone: an orderly end, or a reset if there is unread input or `reset_on_close`.
  void Leave();

  // Begins a connection; it is there when a place in the backlog is.
  void Connect(Listening& listening);
  void Refuse();
  // The network gave up on the connection: `error` for this end, a reset for the other.
  void Break(int error);

  // Whether the network has something to deliver to the other end, and the delivery of at most
  // `most` bytes of it.
  bool CanDeliver() const;
  void Deliver(size_t most);
  // Nobody owns it, and it has nothing more to deliver.
  bool IsOver() const { return owner_gone_ && !HasUndelivered(); }

  // What has not been delivered, the end of stream as one; after a reset, what was not by then.
  size_t unacked_bytes() const;
  size_t unread_bytes() const { return incoming_.size(); }
  size_t arrived_bytes() const { return arrived_bytes_; }
  bool connected() const { return state_ == State::kConnected; }
  std::shared_ptr<Stream> peer() const { return peer_.lock(); }
  int TakeError();

  SocketSettings settings;
  bool reset_on_close = false;
  uint16_t local_port = 0;
  uint16_t peer_port = 0;

 private:
  friend class Listening;
  enum class State { kFresh, kConnecting, kConnected, kOver };

  static void Join(Stream& a, Stream& b);
  bool HasUndelivered() const;
  bool HasRoom() const;
  size_t UpToUrgent(size_t size) const;
  void OnDelivered(const char* data, size_t size, std::optional<size_t> urgent);
  void OnEnd();
  void OnReset();
  void End(int error);
  void Drop();
  void Reset();
  void NoteRoom();
  void CheckOver();

  State state_ = State::kFresh;
  std::weak_ptr<Stream> peer_;
  std::string outgoing_;                   // the send buffer
  std::string incoming_;                   // the receive buffer
  std::optional<size_t> urgent_outgoing_;  // where in it the urgent byte is
  std::optional<size_t> urgent_incoming_;
  size_t arrived_bytes_ = 0;  // so far, read or not
  size_t dropped_bytes_ = 0;  // of it, with the end of stream, at a reset
  int error_ = 0;
  bool owner_gone_ = false;
  bool waits_for_room_ = false;  // somebody found none: EPOLLOUT is an edge when there is
  bool end_written_ = false;     // ShutdownWrite
  bool end_delivered_ = false;   // and the other end knows
  bool end_received_ = false;
  bool reset_under_way_ = false;
};

class Listening : public File {
 public:
  Listening(const SocketSettings& s, uint16_t port, size_t backlog)
      : settings(s), port(port), backlog_(backlog) {}

  uint32_t Mask() override { return waiting_.empty() ? 0 : uint32_t{EPOLLIN}; }

  // nullptr if nobody waits.
  std::shared_ptr<Stream> Accept();
  bool Admit(Stream& caller);
  bool HasPlace() const { return waiting_.size() <= backlog_; }

  const SocketSettings settings;
  const uint16_t port;

 private:
  const size_t backlog_;
  std::deque<std::shared_ptr<Stream>> waiting_;
};

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_KERNEL_STREAM_H_
