// One connection of a conformance check to the server under test.
//
// It remembers everything it has sent and compares every byte that comes back with it, after the
// greeting. What it says is drawn from a stream that no server comes upon by accident: a function
// of the seed, the caller's number and the offset. Every wait ends at the deadline; whatever goes
// wrong is thrown as Failed, with what was seen. Used by one thread.

#ifndef SWITCHBOARD_BENCH_LOAD_CONFORM_CALLER_H_
#define SWITCHBOARD_BENCH_LOAD_CONFORM_CALLER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "bench/load/conform/check.h"
#include "bench/load/measure/pattern.h"
#include "src/linux/fd.h"

namespace switchboard::load {

// The server ended the connection, in order or by a reset.
class HungUp : public Failed {
 public:
  using Failed::Failed;
};

class Caller {
 public:
  // Begins to connect; `receive_buffer_bytes` 0 leaves SO_RCVBUF to the kernel. On loopback the
  // callers spread over the addresses of 127.0.0.0/8, as one has only 28,000 ports.
  Caller(Subject& subject, Deadline deadline, int receive_buffer_bytes = 0);

  void set_deadline(Deadline deadline) { deadline_ = deadline; }
  int fd() const { return socket_.get(); }

  // Waits until the connection stands. The others do so by themselves.
  void AwaitConnection();

  // The next `size` bytes of this caller's stream.
  std::string Take(size_t size);

  // Sends all of `bytes`, reading echo only where the server would take no more.
  void Send(std::string_view bytes);
  // Reads until everything sent has been echoed.
  void CatchUp();
  // Both.
  void Echo(std::string_view bytes);
  // The same until `deadline` at most; false if the echo is not complete by then.
  bool CatchUpBefore(Deadline deadline);

  // Sends no more: the server sees the end of the stream.
  void EndStream();
  // CatchUp, and then the end of the server's stream and not a byte more.
  void ExpectEnd();

  // These are compared by the check itself.
  void SendUrgentUnchecked(char byte);
  void SendUnchecked(std::string_view bytes);
  // What has come when `size` bytes have, the server hangs up, or `deadline` passes.
  std::string Receive(size_t size, Deadline deadline);
  // Sends of `bytes` what the server takes, and never reads; gives up when nothing has moved for
  // `stall_ms`. Returns how many bytes were taken.
  size_t SendWithoutReading(std::string_view bytes, int stall_ms);

  // Waits until something has come back.
  void AwaitInput();
  void HangUp() { socket_.Reset(); }
  void ResetConnection();

 private:
  bool Wait(short events);                  // false when the deadline has passed
  size_t SendSome(std::string_view bytes);  // 0: the server takes no more for now
  bool ReadSome();                          // false: nothing there for now
  void Compare(std::string_view got);
  std::string Progress() const;  // "1,000 of 4,096 bytes"
  [[noreturn]] void ThrowBroken(int error) const;
  [[noreturn]] void ThrowLate() const;

  sys::Fd socket_;
  Deadline deadline_;
  Pattern pattern_;
  bool connected_ = false;
  uint64_t taken_ = 0;     // bytes of the stream used so far
  std::string expected_;   // greeting and sent bytes that have not come back yet
  size_t matched_ = 0;     // of the start of expected_, already compared
  uint64_t received_ = 0;  // bytes compared in all, greeting included
  uint64_t greeting_size_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_CONFORM_CALLER_H_
