// --trace: what each caller says, one line a read on standard output. Never waits: a line that
// nobody is ready to take is dropped and counted. Any thread.

#ifndef SWITCHBOARD_SRC_TRACE_H_
#define SWITCHBOARD_SRC_TRACE_H_

#include <atomic>
#include <cstdint>
#include <span>
#include <string>

namespace switchboard {

// `said` with everything but printable ASCII escaped.
std::string Escape(std::span<const char> said);

class Trace {
 public:
  // "127.0.0.1:40312 says \"hello\\r\\n\"". A long read is cut, and its length is given.
  void Print(int fd, std::span<const char> said);

  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> dropped_{0};
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_TRACE_H_
