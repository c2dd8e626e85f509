#include "src/shared_cpu.h"

#include <algorithm>

namespace switchboard {
namespace {

constexpr int64_t kHeldMs = 128;
constexpr int64_t kFreeMs = 8;  // two ticks of most kernels, at which they balance their CPUs

}  // namespace

SharedCpu::SharedCpu(const std::vector<std::unique_ptr<WorkerPool>>& pools, Log& log)
    : pools_(pools), log_(log), jobs_are_short_(pools.size()), companion_is_held_(pools.size()) {}

void SharedCpu::Review(int64_t now_ms) {
  if (refused_ || now_ms < review_ms_) return;
  if (reactor_held_) {
    LetReactorGo();
  } else {
    HoldAll();
  }
  // One CPU is nothing to choose from, and seldom becomes several.
  const bool may_rest = reactor_held_ || allowed_.size() < 2;
  review_ms_ = now_ms + (may_rest ? kHeldMs : kFreeMs);
}

void SharedCpu::LetReactorGo() {
  reactor_held_ = false;
  // Somebody may have given the process other CPUs meanwhile (taskset --all-tasks).
  if (found_.Reload() && found_ != held_) return;
  if (!allowed_.Hold()) Refused();
}

void SharedCpu::HoldAll() {
  for (size_t i = 0; i < pools_.size(); ++i) jobs_are_short_[i] = pools_[i]->JobsAreShort();
  const bool worth_it = std::ranges::count(jobs_are_short_, true) > 0;
  // The kernel is not asked if there is nothing to hold and nobody to let go.
  if (!worth_it && std::ranges::count(companion_is_held_, true) == 0) return;
  if (!allowed_.Reload() || allowed_.size() < 2) return;
  if (worth_it) held_.SetOnly(home_.Choose(sys::ThisCpu(), allowed_.Has(home_.last())));
  for (size_t i = 0; i < pools_.size(); ++i) {
    if (!HoldCompanion(i, jobs_are_short_[i])) return Refused();
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
