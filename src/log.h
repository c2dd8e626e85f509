// The log: one logfmt line an event on standard error, and never a reason to wait.
//
// A line that nobody is ready to take (a full pipe, a stopped terminal) is dropped and counted, and
// the loss is said as soon as a line gets through. An event that recurs is written at most once a
// second, with the number of times it was kept back. Any thread.

#ifndef SWITCHBOARD_SRC_LOG_H_
#define SWITCHBOARD_SRC_LOG_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "src/mutex.h"
#include "switchboard/options.h"

namespace switchboard {

class Log {
 public:
  explicit Log(LogLevel level) : level_(level) {}

  bool Wants(LogLevel level) const { return level <= level_; }

  // Writes "time=... level=... event=EVENT FIELDS".
  void Write(LogLevel level, std::string_view event, std::string_view fields = {});
  // The same for an event that may recur quickly; "event reason=..." recurs for each reason apart.
  void WriteLimited(LogLevel level, std::string_view event, std::string_view fields = {});

  uint64_t dropped();

 private:
  struct Recent {
    int64_t written_ms = 0;
    uint64_t kept_back = 0;
  };

  void WriteLocked(LogLevel level, std::string_view event, std::string_view fields)
      REQUIRES(mutex_);

  const LogLevel level_;
  Mutex mutex_;
  std::map<std::string, Recent, std::less<>> recent_ GUARDED_BY(mutex_);
  uint64_t dropped_ GUARDED_BY(mutex_) = 0;
  uint64_t dropped_unsaid_ GUARDED_BY(mutex_) = 0;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_LOG_H_
