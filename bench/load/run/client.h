// One client of a load run: it calls, and calls again when a call has ended, sends its stream in
// messages, verifies every echoed byte and times every message. Its bytes are a function of their
// offset, so it keeps no data, only offsets and the times of the messages that wait for a reply.
//
// An event loop owns it and all of Context; only the loop's thread touches either.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_CLIENT_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_CLIENT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "bench/load/measure/pattern.h"
#include "bench/load/run/alarms.h"
#include "bench/load/run/attendance.h"
#include "bench/load/run/message_queue.h"
#include "bench/load/run/plan.h"
#include "bench/load/run/quota.h"
#include "bench/load/run/tally.h"
#include "src/linux/epoll.h"
#include "src/linux/fd.h"

namespace switchboard::load {

class Client;

// What the connections of one thread share.
struct Context {
  static constexpr size_t kBufferBytes = 128 * 1024;

  Context(const Plan& the_plan, Quota& the_quota, size_t clients)
      : plan(the_plan),
        quota(the_quota),
        alarms(plan.patience ? clients : 0),
        send_buffer(kBufferWords),
        receive_buffer(kBufferWords) {}

  // How much a connection may send: one message to prove that it works, all it can, nothing.
  enum class Stage { kOpening, kRunning, kDraining };

  const Plan& plan;
  Quota& quota;
  sys::Epoll epoll;
  Tally tally;
  Attendance attendance{tally};
  Alarms alarms;  // when patience ends; of nobody if it has no end
  Stage stage = Stage::kOpening;
  uint64_t next_id = 0;  // of the next connection
  uint64_t id_step = 1;
  int opening = 0;   // connections that have not yet echoed anything
  int ready = 0;     // connections that have
  int suspects = 0;  // connections that echoed something wrong
  // Connections that closed since the loop last looked.
  std::vector<Client*> closed;
  size_t capture_budget = 64 << 20;  // bytes that captures may still take

  char* send_bytes() { return reinterpret_cast<char*>(send_buffer.data()); }
  char* receive_bytes() { return reinterpret_cast<char*>(receive_buffer.data()); }

 private:
  static constexpr size_t kBufferWords = kBufferBytes / Pattern::kWord + 2;
  std::vector<uint64_t> send_buffer, receive_buffer;
};

class Client {
 public:
  enum class State {
    kClosed,
    kConnecting,
    kProving,  // established, but nothing has come back yet
    kReady,
    kSuspect,  // its echo was wrong: sends nothing more, keeps what comes for the explanation
  };

  // Number `index` of those of its loop.
  Client(Context& context, size_t index);

  // Connects. `intended_ns` is when the call was due.
  void Open(int64_t intended_ns);
  void OnEvent(uint32_t events);

  // Open loop: sends a message that was due, or lets it wait for room to be sent. Its sent_ns is
  // kNoTime.
  void Offer(const Message& message, int64_t now_ns);
  // Closed loop: sends as many messages as may be in flight.
  void Refill(int64_t now_ns);

  // The patience that its alarm stands for is over: hangs up with a reset, unless the echo is
  // there.
  void LosePatience(int64_t now_ns);

  // Nothing more will be sent: says so to the target. If it then ends its own stream in order and
  // bytes are missing, they are lost, which silence or a break alone does not prove.
  void HalfClose();
  // The run is over: what is still missing came too late.
  void Finish(int64_t now_ns);

  State state() const { return state_; }
  // Whether the last close was an error's doing, not the end of a call.
  bool failed() const { return failed_; }

 private:
  bool IsMeasuredCall() const;
  void Established(int64_t now_ns);
  void BecomeReady();
  void Enqueue(const Message& message, int64_t now_ns);
  void Send();
  void StampSent(int64_t now_ns);
  uint64_t Allowance() const;

  void Receive();
  // Takes the greeting's part from the front of `data` and returns the rest.
  std::span<char> TakeGreeting(std::span<char> data, int64_t now_ns);
  void TakeEcho(std::span<char> data, int64_t now_ns);
  void CompleteMessages(int64_t now_ns);
  void WaitForFront();
  void BecomeSuspect(std::span<const char> data, int64_t now_ns);
  void KeepForExplanation(std::span<const char> data, int64_t now_ns);

  void EndOfStream(int64_t now_ns);
  void Fail(Phase phase, int error, int64_t now_ns);
  void Close(int64_t now_ns);
  void ForgetWaiting(int64_t now_ns);

  Context& context_;
  const size_t index_;
  sys::Fd fd_;
  State state_ = State::kClosed;
  bool failed_ = false;
  bool writable_ = false;
  bool half_closed_ = false;
  bool peer_closed_ = false;  // or broken: read on until the end of stream or the error

  uint64_t id_ = 0;
  Pattern pattern_;
  Pattern sizes_;
  uint64_t patience_seed_ = 0;
  int64_t intended_open_ns_ = 0;

  // Offsets in the stream: received_ <= sent_ <= queued_.
  uint64_t queued_ = 0;
  uint64_t sent_ = 0;
  uint64_t received_ = 0;
  size_t greeting_left_ = 0;

  MessageQueue waiting_;
  uint64_t offered_ = 0;      // messages that ever entered waiting_
  uint64_t answered_ = 0;     // messages that left it
  uint64_t front_end_ = 0;    // where the message at its front ends
  size_t stamped_ = 0;        // open loop: how many of waiting_ were sent, or began to be
  uint64_t stamped_end_ = 0;  // where the last of those ends

  size_t capture_ = 0;  // kSuspect: its index in the tally
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_CLIENT_H_
