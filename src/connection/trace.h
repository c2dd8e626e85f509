// --trace: what each caller says, one line a read on standard output. Never waits, nor needs
// memory: a line that nobody is ready to take is dropped and counted. Any thread.

#ifndef SWITCHBOARD_SRC_CONNECTION_TRACE_H_
#define SWITCHBOARD_SRC_CONNECTION_TRACE_H_

#include <memory>
#include <span>

#include "src/base/line_stream.h"
#include "src/connection/caller_addresses.h"

namespace switchboard {

class Trace {
 public:
  // `callers` outlives it.
  explicit Trace(const CallerAddresses& callers) : callers_(callers) {}

  // "127.0.0.1:40312 says \"hello\\r\\n\"", with everything but printable ASCII escaped. A long
  // read is cut, and its length is given.
  void Print(int fd, std::span<const char> said);

  // Where it prints, and what counts the lines that were dropped.
  const std::shared_ptr<LineStream>& stream() const { return stream_; }

 private:
  const CallerAddresses& callers_;
  const std::shared_ptr<LineStream> stream_ = LineStream::Open(LineStream::kStandardOutput);
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_TRACE_H_
