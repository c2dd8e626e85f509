// The log: one logfmt line an event on standard error, and never a reason to wait, nor in need of
// memory.
//
// A line that nobody is ready to take (a full pipe, a stopped terminal) is dropped and counted, and
// the loss is said as soon as a line gets through. An event that recurs is written at most once a
// second, with the number of times it was kept back. Any thread.

#ifndef SWITCHBOARD_SRC_BASE_LOG_H_
#define SWITCHBOARD_SRC_BASE_LOG_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "src/base/line_stream.h"
#include "src/base/mutex.h"
#include "src/linux/fixed_text.h"
#include "switchboard/options.h"

namespace switchboard {

// "<3>" and the like, which the journal takes at the beginning of a line. sd-daemon(3).
sys::FixedText<8> JournalPriority(LogLevel level);

// Room for the fields of one line: LogText() << "connections=" << 3.
using LogText = sys::FixedText<3072>;

class Log {
 public:
  // `process` is the number of this process among several of one server, from 1; 0: it is the only
  // one, or their parent, and lines name no process.
  explicit Log(LogLevel level, size_t process = 0) : level_(level), process_(process) {}

  bool Wants(LogLevel level) const { return level <= level_; }

  // Writes "time=... level=... [process=...] event=EVENT FIELDS"; for the journal with a priority
  // and no time.
  void Write(LogLevel level, std::string_view event, std::string_view fields = {});
  // The same of another process, of which this one is the parent; 0: of all together.
  void WriteOf(size_t process, LogLevel level, std::string_view event,
               std::string_view fields = {});
  // As Write, for an event that may recur quickly; "event reason=..." recurs for each reason apart.
  void WriteLimited(LogLevel level, std::string_view event, std::string_view fields = {});

  // Where it writes, and what counts the lines that were dropped.
  const std::shared_ptr<LineStream>& stream() const { return stream_; }

 private:
  static constexpr int64_t kQuietMs = 1000;
  static constexpr size_t kMaxEventBytes = 64;
  struct Recent {
    sys::FixedText<kMaxEventBytes> event;
    int64_t written_ms = -kQuietMs;
    uint64_t kept_back = 0;
  };

  LineText& BeginLine(LineText& text, size_t process, LogLevel level, std::string_view event) const;
  void WriteLocked(size_t process, LogLevel level, std::string_view event, std::string_view fields,
                   uint64_t kept_back = 0) REQUIRES(mutex_);
  Recent& RecentOf(std::string_view event) REQUIRES(mutex_);

  const LogLevel level_;
  const size_t process_;
  const std::shared_ptr<LineStream> stream_ = LineStream::Open(LineStream::kStandardError);
  const bool to_journal_ = stream_->IsJournal();
  Mutex mutex_;
  // More than there are events that recur. If they were not enough, the one written longest ago
  // would make room.
  std::array<Recent, 32> recent_ GUARDED_BY(mutex_);
  uint64_t dropped_said_ GUARDED_BY(mutex_) = stream_->dropped();
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BASE_LOG_H_
