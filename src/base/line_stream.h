// Lines for people on standard output and standard error. Nothing that is written there is a reason
// to wait: a line that nobody is ready to take is dropped whole and counted.
//
// A line that was begun is finished before the next, so that no reader sees a torn one. Therefore
// there is one stream for each file, whoever writes to it: the log, the trace, several servers in
// one program, or both descriptors after 2>&1. Any thread.

#ifndef SWITCHBOARD_SRC_BASE_LINE_STREAM_H_
#define SWITCHBOARD_SRC_BASE_LINE_STREAM_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "src/base/background_writer.h"
#include "src/base/mutex.h"
#include "src/linux/fixed_text.h"
#include "src/linux/output.h"

namespace switchboard {

// The longest line, PIPE_BUF: a pipe takes as much as a whole or not at all.
using LineText = sys::FixedText<4096>;

class LineStream {
 public:
  static constexpr int kStandardOutput = 1;
  static constexpr int kStandardError = 2;

  // The stream of one of the two, which lives for as long as somebody holds it. What kind of file
  // it leads to is looked at here, and never again. Throws std::runtime_error if the kind needs a
  // thread and the system refuses it.
  static std::shared_ptr<LineStream> Open(int fd);

  // For a program that forks and has one thread: what is opened from here on starts none. A line
  // that might have to wait is dropped.
  static void StartNoThreads();
  // In its children, which open their own streams and may start threads for them: what the parent
  // has begun to write is left to it.
  static void LeaveToParent();

  LineStream(std::shared_ptr<const sys::Output> output, bool may_start_thread);
  ~LineStream();
  LineStream(const LineStream&) = delete;
  LineStream& operator=(const LineStream&) = delete;

  // Writes one line, or several that belong together, with their newlines; false if it was dropped.
  bool Write(const LineText& line);

  // Whether the journal reads it, and takes "<4>" at the beginning of a line for its priority.
  bool IsJournal() const { return output_->IsJournal(); }

  // How many were dropped.
  uint64_t dropped() const;

 private:
  void ForgetBegun();
  bool Take(std::string_view line) REQUIRES(mutex_);
  bool FinishBegun() REQUIRES(mutex_);

  const std::shared_ptr<const sys::Output> output_;
  const std::unique_ptr<BackgroundWriter> background_;  // only if the output may keep us waiting
  std::atomic<uint64_t> refused_{0};

  Mutex mutex_;
  LineText begun_ GUARDED_BY(mutex_);  // the rest of a line of which a part was written
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BASE_LINE_STREAM_H_
