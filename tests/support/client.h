// A caller: a stream socket on which every operation has a deadline. Owned and used by one thread.
//
// Nothing here fails a test by itself, except a connection that cannot be made: operations say how
// far they came, and the test judges.

#ifndef SWITCHBOARD_TESTS_SUPPORT_CLIENT_H_
#define SWITCHBOARD_TESTS_SUPPORT_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "src/linux/fd.h"
#include "tests/support/wait.h"

namespace switchboard::test {

// How the last receiving operation ended.
enum class End {
  kOpen,   // all that was asked for has come, or the deadline passed; the line is open
  kEof,    // the server has hung up properly
  kReset,  // the connection broke
};

class Client {
 public:
  // Starts to connect to what ServerProcess::Address says; the kernel completes it. A
  // `receive_buffer` other than 0 makes SO_RCVBUF that small before connecting. `source` is an
  // address of this machine to call from, "127.0.0.2:0"; the kernel chooses if it is empty.
  explicit Client(const std::string& address, int receive_buffer = 0,
                  const std::string& source = "");

  // Whether the connection has been made.
  bool WaitConnected(milliseconds patience = kPatience);

  // How many bytes went out before the deadline or the end of the connection.
  size_t Send(std::string_view data, milliseconds patience = kPatience);
  // Sends whatever fits now and returns how much that was.
  size_t SendSome(std::string_view data);
  // Sends one byte as urgent data.
  bool SendUrgent(char byte);

  // `size` bytes, or fewer at the deadline or the end of the connection; see end().
  std::string Receive(size_t size, milliseconds patience = kPatience);
  std::string ReceiveUntilEof(milliseconds patience = kPatience);
  // What can be read without waiting, up to a megabyte.
  std::string ReceiveSome();
  End end() const { return end_; }

  // Sends `data` and receives as many bytes at the same time, as a caller must whose message is
  // larger than the buffers on its way. `largest_piece` other than 0 cuts `data` into segments of
  // random sizes up to that.
  std::string Echo(std::string_view data, size_t largest_piece = 0);
  // The same, but half-closes as soon as all is sent and receives until the server hangs up.
  std::string EchoAndHalfClose(std::string_view data);

  void ShutdownWrite();
  // Hangs up with a reset: SO_LINGER of 0 seconds.
  void Reset();
  void Close() { fd_.Reset(); }
  int fd() const { return fd_.get(); }

 private:
  bool Poll(short events, const Deadline& deadline) const;
  bool ReceiveInto(std::string& data, size_t limit);
  std::string Exchange(std::string_view data, size_t largest_piece, bool half_close);

  sys::Fd fd_;
  End end_ = End::kOpen;
};

// `size` bytes that look random and are the same for the same `seed`.
std::string RandomBytes(size_t size, uint64_t seed);

// How two byte strings differ, in words fit for a test's report; empty if they do not.
std::string Difference(std::string_view expected, std::string_view got);

// Whether nobody answers at `address` ("127.0.0.1:40001") any more.
bool IsRefused(const std::string& address);

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_CLIENT_H_
