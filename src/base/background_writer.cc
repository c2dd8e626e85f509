#include "src/base/background_writer.h"

#include <array>
#include <atomic>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "src/base/mutex.h"
#include "src/linux/fixed_text.h"
#include "src/linux/process.h"
#include "src/linux/semaphore.h"
#include "src/linux/thread.h"

namespace switchboard {
namespace {

constexpr size_t kMaxLines = 32;
// Long enough for a thread that gets little of a busy machine.
constexpr int64_t kLastMomentUs = 1'000'000;

bool WriteAll(const sys::Output& output, std::string_view text) {
  while (!text.empty()) {
    const sys::Result written = output.Write(text);
    if (!written) return false;
    text.remove_prefix(static_cast<size_t>(written.value));
  }
  return true;
}

}  // namespace

struct BackgroundWriter::Shared {
  explicit Shared(std::shared_ptr<const sys::Output> o) : output(std::move(o)) {}

  const std::shared_ptr<const sys::Output> output;
  sys::Semaphore work;  // posted for each line, and once more at the end
  sys::Semaphore ended;
  std::atomic<uint64_t> lost{0};

  // A ring. The thread reads the first line without the lock: nobody writes to it before it is
  // taken out.
  std::array<sys::FixedText<kMaxLineBytes>, kMaxLines> lines;
  Mutex mutex;
  size_t first GUARDED_BY(mutex) = 0;
  size_t count GUARDED_BY(mutex) = 0;
};

BackgroundWriter::BackgroundWriter(std::shared_ptr<const sys::Output> output)
    : shared_(std::make_shared<Shared>(std::move(output))) {
  sys::StartThread("the thread that writes to a terminal or pipe", [shared = shared_] {
    sys::BlockSignalsInThisThread();
    Run(*shared);
  }).Detach();
}

BackgroundWriter::~BackgroundWriter() {
  shared_->work.Post();
  shared_->ended.WaitFor(kLastMomentUs);
}

bool BackgroundWriter::Write(std::string_view line) {
  {
    MutexLock lock(shared_->mutex);
    if (shared_->count == kMaxLines) return false;
    auto& free = shared_->lines[(shared_->first + shared_->count) % kMaxLines];
    free.Clear();
    free << line;
    ++shared_->count;
  }
  shared_->work.Post();
  return true;
}

uint64_t BackgroundWriter::lost() const { return shared_->lost.load(std::memory_order_relaxed); }

void BackgroundWriter::Run(Shared& shared) {
  for (;;) {
    shared.work.Wait();
    size_t first;
    {
      MutexLock lock(shared.mutex);
      if (shared.count == 0) break;
      first = shared.first;
    }
    if (!WriteAll(*shared.output, shared.lines[first])) {
      shared.lost.fetch_add(1, std::memory_order_relaxed);
    }
    MutexLock lock(shared.mutex);
    shared.first = (first + 1) % kMaxLines;
    --shared.count;
  }
  shared.ended.Post();
}

}  // namespace switchboard
