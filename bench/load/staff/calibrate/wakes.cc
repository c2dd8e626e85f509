#include "bench/load/staff/calibrate/wakes.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "bench/load/staff/calibrate/lines.h"
#include "src/linux/clock.h"
#include "src/linux/semaphore.h"
#include "src/linux/thread.h"

namespace switchboard::load {
namespace {

// A distribution takes more rounds than a median.
constexpr int64_t kLongestOfWaitsNs = 1'500'000'000;

// The CPUs that this process may run on, found by trying.
const std::vector<int>& Cpus() {
  static const std::vector<int> cpus = [] {
    std::vector<int> found;
    const sys::CpuSet allowed;
    sys::CpuSet one;
    for (int cpu = 0; cpu < 4096 && found.size() < static_cast<size_t>(allowed.size()); ++cpu) {
      one.SetOnly(cpu);
      if (one.Hold()) found.push_back(cpu);
    }
    (void)allowed.Hold();
    return found;
  }();
  return cpus;
}

}  // namespace

void HoldTo(int index) {
  const std::vector<int>& cpus = Cpus();
  if (cpus.empty()) return;
  sys::CpuSet one;
  one.SetOnly(cpus[std::min(static_cast<size_t>(index), cpus.size() - 1)]);
  (void)one.Hold();
}

Rounds::Rounds(int count, int64_t longest_ns) : left_(count), end_ns_(sys::NowNs() + longest_ns) {}

bool Rounds::Next() { return left_-- > 0 && (left_ % 2 != 0 || sys::NowNs() < end_ns_); }

WakeCosts MeasureWake(int64_t idle_us, int most_rounds) {
  sys::Semaphore wake_up;
  std::atomic<int64_t> woken_ns{0};  // 0: asleep, or about to be
  std::atomic<bool> done{false};
  const Held held(0);
  sys::Thread sleeper = sys::StartThread("a thread to measure with", [&] {
    HoldTo(1);
    for (;;) {
      wake_up.Wait();
      if (done.load()) return;
      woken_ns.store(sys::NowNs(), std::memory_order_release);
    }
  });
  std::vector<double> waker, delay;
  for (Rounds rounds(most_rounds, kLongestOfWaitsNs); rounds.Next();) {
    woken_ns.store(0, std::memory_order_relaxed);
    for (const int64_t end_ns = sys::NowNs() + idle_us * 1000; sys::NowNs() < end_ns;) {
      std::this_thread::yield();
    }
    const int64_t begin_ns = sys::NowNs();
    wake_up.Post();
    const int64_t end_ns = sys::NowNs();
    int64_t ran_ns;
    while ((ran_ns = woken_ns.load(std::memory_order_acquire)) == 0) std::this_thread::yield();
    waker.push_back(static_cast<double>(end_ns - begin_ns));
    delay.push_back(static_cast<double>(ran_ns - begin_ns));
  }
  done.store(true);
  wake_up.Post();
  sleeper.Join();
  return {Median(waker), Spread::Of(std::move(delay))};
}

double MeasureHandOver(int most_rounds) {
  constexpr int kTurns = 50;
  sys::Semaphore there, back;
  std::atomic<bool> done{false};
  const Held held(0);
  sys::Thread other = sys::StartThread("a thread to measure with", [&] {
    HoldTo(0);
    for (there.Wait(); !done.load(); there.Wait()) back.Post();
  });
  std::vector<double> each;
  for (Rounds rounds(most_rounds); rounds.Next();) {
    const int64_t begin_ns = sys::NowNs();
    for (int i = 0; i < kTurns; ++i) {
      there.Post();
      back.Wait();
    }
    each.push_back(static_cast<double>(sys::NowNs() - begin_ns) / (2 * kTurns));
  }
  done.store(true);
  there.Post();
  other.Join();
  return Median(each);
}

Spread MeasureTimer(int most_rounds) {
  constexpr int64_t kSleepUs = 1000;
  (void)sys::WakePunctually();
  sys::Semaphore never;
  std::vector<double> late;
  for (Rounds rounds(most_rounds, kLongestOfWaitsNs); rounds.Next();) {
    const int64_t begin_ns = sys::NowNs();
    (void)never.WaitFor(kSleepUs);
    late.push_back(std::max(0.0, static_cast<double>(sys::NowNs() - begin_ns - kSleepUs * 1000)));
  }
  return Spread::Of(std::move(late));
}

}  // namespace switchboard::load
