#include "bench/load/staff/measured/sampler.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "src/linux/clock.h"

namespace switchboard::load {
namespace {

// How often it looks whether the run was interrupted.
constexpr auto kTick = std::chrono::milliseconds(50);

}  // namespace

Sampler::Sampler(const ServerStatus& status, int64_t every_ms,
                 std::function<bool(const Samples&)> enough, const std::atomic<bool>& interrupted)
    : status_(status),
      enough_(std::move(enough)),
      interrupted_(interrupted),
      every_ns_(every_ms * 1'000'000),
      thread_([this] { Run(); }) {}

Sampler::~Sampler() {
  Become(Phase::kOver);
  if (thread_.joinable()) thread_.join();
}

Samples Sampler::Take() {
  Become(Phase::kOver);
  thread_.join();
  if (failure_) std::rethrow_exception(failure_);
  return std::move(samples_);
}

void Sampler::Become(Phase phase) {
  {
    const std::lock_guard lock(mutex_);
    phase_ = phase;
  }
  changed_.notify_one();
}

bool Sampler::Lasts(Phase phase, int64_t until_ns) {
  std::unique_lock lock(mutex_);
  for (int64_t now_ns = sys::NowNs(); phase_ == phase && now_ns < until_ns; now_ns = sys::NowNs()) {
    if (interrupted_) stop_ = true;
    const auto left = std::chrono::nanoseconds(until_ns - now_ns);
    changed_.wait_for(lock, std::min<std::chrono::nanoseconds>(left, kTick));
  }
  return phase_ == phase;
}

void Sampler::Run() {
  while (Lasts(Phase::kBefore, INT64_MAX)) {
  }
  try {
    LookUntilOver();
  } catch (...) {
    failure_ = std::current_exception();
    stop_ = true;
  }
}

void Sampler::LookUntilOver() {
  int64_t next_ns = sys::NowNs();
  for (bool measuring = true; measuring;) {
    measuring = Lasts(Phase::kMeasuring, next_ns);
    Look();
    if (enough_(samples_)) stop_ = true;
    next_ns += every_ns_;
  }
}

// The moment is the middle of the look: what came meanwhile may be in it or not.
void Sampler::Look() {
  if (samples_.size() == kMost) {
    for (size_t i = 1; 2 * i < samples_.size(); ++i) samples_[i] = std::move(samples_[2 * i]);
    samples_.resize((kMost + 1) / 2);
    every_ns_ *= 2;
  }
  const int64_t began_ns = sys::NowNs();
  ServerFigures figures = status_.ReadAgain();
  samples_.push_back({began_ns + (sys::NowNs() - began_ns) / 2, std::move(figures)});
}

}  // namespace switchboard::load
