#include "src/base/log.h"

#include <algorithm>
#include <utility>

#include "src/linux/clock.h"

namespace switchboard {
namespace {

const char* Name(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return "error";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kInfo:
      return "info";
    default:
      return "debug";
  }
}

}  // namespace

// The numbers are those of syslog(3).
sys::FixedText<8> JournalPriority(LogLevel level) {
  const int priority = level == LogLevel::kError  ? 3
                       : level == LogLevel::kWarn ? 4
                       : level == LogLevel::kInfo ? 6
                                                  : 7;
  return sys::FixedText<8>() << '<' << priority << '>';
}

void Log::Write(LogLevel level, std::string_view event, std::string_view fields) {
  WriteOf(process_, level, event, fields);
}

void Log::WriteOf(size_t process, LogLevel level, std::string_view event, std::string_view fields) {
  if (!Wants(level)) return;
  MutexLock lock(mutex_);
  WriteLocked(process, level, event, fields);
}

void Log::WriteLimited(LogLevel level, std::string_view event, std::string_view fields) {
  if (!Wants(level)) return;
  MutexLock lock(mutex_);
  const int64_t now_ms = sys::NowMs();
  Recent& recent = RecentOf(event);
  if (now_ms - recent.written_ms < kQuietMs) {
    ++recent.kept_back;
    return;
  }
  recent.written_ms = now_ms;
  WriteLocked(process_, level, event, fields, std::exchange(recent.kept_back, 0));
}

Log::Recent& Log::RecentOf(std::string_view event) {
  event = event.substr(0, kMaxEventBytes);
  for (Recent& recent : recent_) {
    if (recent.event == event) return recent;
  }
  Recent& oldest = *std::ranges::min_element(recent_, {}, &Recent::written_ms);
  oldest = Recent();
  oldest.event << event;
  return oldest;
}

// The journal has a time of its own for each line.
LineText& Log::BeginLine(LineText& text, size_t process, LogLevel level,
                         std::string_view event) const {
  if (to_journal_) {
    text << JournalPriority(level);
  } else {
    text << "time=" << sys::UtcTimestamp() << ' ';
  }
  text << "level=" << Name(level);
  if (process > 0) text << " process=" << process;
  return text << " event=" << event;
}

void Log::WriteLocked(size_t process, LogLevel level, std::string_view event,
                      std::string_view fields, uint64_t kept_back) {
  LineText text;
  const uint64_t dropped = stream_->dropped();
  const uint64_t unsaid = dropped - dropped_said_;
  // In one piece with the line that gets through.
  if (unsaid > 0)
    (BeginLine(text, process_, LogLevel::kWarn, "log_dropped") << " lines=" << unsaid).EndLine();
  BeginLine(text, process, level, event);
  if (!fields.empty()) text << ' ' << fields;
  if (kept_back > 0) text << " kept_back=" << kept_back;
  text.EndLine();
  if (stream_->Write(text)) dropped_said_ = dropped;
}

}  // namespace switchboard
