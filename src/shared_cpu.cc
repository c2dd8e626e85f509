#include "src/shared_cpu.h"

namespace switchboard {
namespace {

constexpr int64_t kHeldMs = 128;
constexpr int64_t kFreeMs = 8;  // two ticks of most kernels, at which they balance their CPUs

}  // namespace

SharedCpu::SharedCpu(const std::vector<std::unique_ptr<WorkerPool>>& pools, Log& log)
    : pools_(pools), log_(log), companion_is_held_(pools.size()) {}

void SharedCpu::Review(int64_t now_ms) {
  if (refused_ || now_ms < review_ms_) return;
  if (reactor_held_) {
    LetReactorGo();
  } else {
    HoldAll();
  }
  review_ms_ = now_ms + (reactor_held_ ? kHeldMs : kFreeMs);
}

void SharedCpu::LetReactorGo() {
  reactor_held_ = false;
  // Somebody may have given the process other CPUs meanwhile (taskset --all-tasks).
  if (found_.Reload() && found_ != held_) return;
  if (!allowed_.Hold()) Refused();
}

void SharedCpu::HoldAll() {
  if (!allowed_.Reload() || allowed_.size() < 2) return;
  held_.SetOnly(home_.Choose(sys::ThisCpu(), allowed_.Has(home_.last())));
  bool worth_it = false;
  for (size_t i = 0; i < pools_.size(); ++i) {
    const bool short_jobs = pools_[i]->JobsAreShort();
    worth_it = worth_it || short_jobs;
    if (!HoldCompanion(i, short_jobs)) return Refused();
  }
  if (!worth_it) return;
  reactor_held_ = held_.Hold();
  if (!reactor_held_) Refused();
}

// Or lets it go. False if the system refuses. One that is held already is held again, as somebody
// may have given it other CPUs.
bool SharedCpu::HoldCompanion(size_t pool, bool hold) {
  if (!hold && !companion_is_held_[pool]) return true;
  companion_is_held_[pool] = hold;
  return (hold ? held_ : allowed_).Hold(pools_[pool]->companion());
}

// A seccomp filter may forbid it, for instance. Everything works without it.
void SharedCpu::Refused() {
  refused_ = true;
  LetAllGo();
  log_.Write(LogLevel::kDebug, "shared_cpu_refused");
}

void SharedCpu::LetAllGo() {
  if (reactor_held_) (void)allowed_.Hold();
  reactor_held_ = false;
  for (size_t i = 0; i < pools_.size(); ++i) (void)HoldCompanion(i, false);
}

}  // namespace switchboard
