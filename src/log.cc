#include "src/log.h"

#include <utility>

#include "src/linux/clock.h"
#include "src/linux/process.h"

namespace switchboard {
namespace {

constexpr int kStandardError = 2;
constexpr int64_t kQuietMs = 1000;

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

std::string Line(LogLevel level, std::string_view event, std::string_view fields) {
  std::string line = "time=" + sys::UtcTimestamp() + " level=" + Name(level) + " event=";
  line += event;
  if (!fields.empty()) line.append(" ").append(fields);
  return line + '\n';
}

}  // namespace

void Log::Write(LogLevel level, std::string_view event, std::string_view fields) {
  if (!Wants(level)) return;
  MutexLock lock(mutex_);
  WriteLocked(level, event, fields);
}

void Log::WriteLimited(LogLevel level, std::string_view event, std::string_view fields) {
  if (!Wants(level)) return;
  MutexLock lock(mutex_);
  const int64_t now_ms = sys::NowMs();
  auto found = recent_.find(event);
  if (found == recent_.end()) {
    found = recent_.emplace(event, Recent{}).first;
  } else if (now_ms - found->second.written_ms < kQuietMs) {
    ++found->second.kept_back;
    return;
  }
  found->second.written_ms = now_ms;
  const uint64_t kept_back = std::exchange(found->second.kept_back, 0);
  std::string all(fields);
  if (kept_back > 0) all += " kept_back=" + std::to_string(kept_back);
  WriteLocked(level, event, all);
}

void Log::WriteLocked(LogLevel level, std::string_view event, std::string_view fields) {
  if (dropped_unsaid_ > 0) {
    const std::string count = "lines=" + std::to_string(dropped_unsaid_);
    if (sys::WriteWithoutWaiting(kStandardError, Line(LogLevel::kWarn, "log_dropped", count))) {
      dropped_unsaid_ = 0;
    }
  }
  if (sys::WriteWithoutWaiting(kStandardError, Line(level, event, fields))) return;
  ++dropped_;
  ++dropped_unsaid_;
}

uint64_t Log::dropped() {
  MutexLock lock(mutex_);
  return dropped_;
}

}  // namespace switchboard
