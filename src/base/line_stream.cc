#include "src/base/line_stream.h"

#include <array>
#include <utility>

namespace switchboard {
namespace {

// Never destroyed, as a thread may still write while the program ends.
struct OpenStreams {
  Mutex mutex;
  std::array<std::weak_ptr<LineStream>, 2> streams GUARDED_BY(mutex);
  bool may_start_threads GUARDED_BY(mutex) = true;
};

OpenStreams& All() {
  static OpenStreams& all = *new OpenStreams;
  return all;
}

}  // namespace

std::shared_ptr<LineStream> LineStream::Open(int fd) {
  OpenStreams& open = All();
  auto output = std::make_shared<const sys::Output>(fd);
  MutexLock lock(open.mutex);
  for (const auto& each : open.streams) {
    std::shared_ptr<LineStream> stream = each.lock();
    if (stream != nullptr && stream->output_->SameFile(*output)) return stream;
  }
  auto stream = std::make_shared<LineStream>(std::move(output), open.may_start_threads);
  open.streams[fd == kStandardError] = stream;
  return stream;
}

void LineStream::StartNoThreads() {
  OpenStreams& open = All();
  MutexLock lock(open.mutex);
  open.may_start_threads = false;
}

void LineStream::LeaveToParent() {
  OpenStreams& open = All();
  MutexLock lock(open.mutex);
  open.may_start_threads = true;
  for (auto& each : open.streams) {
    if (const std::shared_ptr<LineStream> stream = each.lock()) stream->ForgetBegun();
    each.reset();
  }
}

LineStream::LineStream(std::shared_ptr<const sys::Output> output, bool may_start_thread)
    : output_(std::move(output)),
      background_(output_->may_wait() && may_start_thread
                      ? std::make_unique<BackgroundWriter>(output_)
                      : nullptr) {}

LineStream::~LineStream() {
  MutexLock lock(mutex_);
  FinishBegun();
}

bool LineStream::Write(const LineText& line) {
  MutexLock lock(mutex_);
  if (Take(line)) return true;
  refused_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

uint64_t LineStream::dropped() const {
  const uint64_t lost = background_ == nullptr ? 0 : background_->lost();
  return refused_.load(std::memory_order_relaxed) + lost;
}

void LineStream::ForgetBegun() {
  MutexLock lock(mutex_);
  begun_.Clear();
}

bool LineStream::Take(std::string_view line) {
  if (background_ != nullptr) return background_->Write(line);
  if (output_->may_wait() && !output_->HasRoom()) return false;
  if (!FinishBegun()) return false;
  const sys::Result written = output_->Write(line);
  if (!written) return false;
  begun_ << line.substr(static_cast<size_t>(written.value));
  return true;
}

bool LineStream::FinishBegun() {
  if (begun_.empty()) return true;
  const sys::Result written = output_->Write(begun_);
  if (!written) return false;
  const LineText rest = std::exchange(begun_, {});
  begun_ << std::string_view(rest).substr(static_cast<size_t>(written.value));
  return begun_.empty();
}

}  // namespace switchboard
