#include "src/worker_pool.h"

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "src/linux/clock.h"
#include "src/linux/process.h"

namespace switchboard {
namespace {

// How many jobs each worker that is awake is trusted to reach soon, if its service never blocks: at
// a few microseconds a job, within a millisecond. With 64, a burst of one round woke workers that
// then kept each other from large rounds: 2.1 to 2.2 system calls a message instead of 2.05.
constexpr size_t kReach = 256;

// Most that one worker takes at once, so that what it hands back does not wait too long.
constexpr size_t kMaxShare = 32;

constexpr int64_t kLongestPauseUs = 1000;

// How long a worker that was woken early waits for its job: a short read takes much less.
constexpr int kEarlyUs = 20;

}  // namespace

WorkerPool::WorkerPool(Config config, BufferPool& buffers, ReadyList& ready)
    : config_(std::move(config)), buffers_(buffers), ready_(ready) {
  sleepers_.reserve(static_cast<size_t>(config_.workers));
  for (int i = 0; i < config_.workers; ++i) {
    workers_.push_back(std::make_unique<Worker>());
    workers_.back()->context.buffer_bytes = buffers.buffer_bytes();
    workers_.back()->context.trace = config_.trace;
  }
  try {
    for (const auto& worker : workers_) {
      worker->thread = sys::Thread([this, &worker = *worker] { Run(worker); });
    }
  } catch (const std::system_error& error) {
    Stop();
    throw std::runtime_error("cannot start " + std::to_string(config_.workers) +
                             " worker threads: " + error.code().message() +
                             "; give fewer with --workers or raise the limit with ulimit -u");
  } catch (...) {
    Stop();
    throw;
  }
}

WorkerPool::~WorkerPool() { Stop(); }

void WorkerPool::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  for (size_t i = 0; i < workers_.size(); ++i) WakeOne();
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.Join();
  }
}

void WorkerPool::WakeEarly() {
  if (config_.may_block) return;
  Worker* worker;
  {
    MutexLock lock(mutex_);
    if (sleepers_.size() < workers_.size()) return;
    worker = TakeSleeper();
  }
  worker->woken_early = true;
  worker->wake_up.Post();
  woke_early_ = true;
}

void WorkerPool::Publish() {
  const bool woke_early = std::exchange(woke_early_, false);
  if (batch_.empty()) return;
  const size_t published = batch_.size();
  size_t wakes;
  {
    MutexLock lock(mutex_);
    queue_.Append(batch_);
    has_work_.store(true, std::memory_order_release);
    wakes = WakesWanted(published);
    // A single job for a worker that has just been woken is done sooner than a pause and its end.
    worth_a_pause_ = !config_.may_block && (queue_.size() > 1 || (wakes == 0 && !woke_early));
  }
  for (; wakes > 0; --wakes) WakeOne();
}

size_t WorkerPool::WakesWanted(size_t published) {
  if (config_.may_block) return std::min(published, sleepers_.size());
  const size_t awake = workers_.size() - sleepers_.size();
  return awake == 0 || queue_.size() > awake * kReach ? 1 : 0;
}

WorkerPool::Worker* WorkerPool::TakeSleeper() {
  if (sleepers_.empty()) return nullptr;
  Worker* const worker = sleepers_.back();
  sleepers_.pop_back();
  ++wakes_;
  return worker;
}

// Wakes the last to fall asleep, if any sleeps. Posts after unlocking, so that the worker does not
// wake up only to wait for the lock.
void WorkerPool::WakeOne() {
  Worker* worker;
  {
    MutexLock lock(mutex_);
    worker = TakeSleeper();
  }
  if (worker != nullptr) worker->wake_up.Post();
}

bool WorkerPool::PauseWhileBusy() {
  if (!std::exchange(worth_a_pause_, false)) return false;
  {
    MutexLock lock(mutex_);
    if (queue_.empty()) return true;
    reactor_pauses_ = true;
  }
  if (pause_over_.WaitFor(kLongestPauseUs)) return true;
  if (StillPausing()) {
    WakeOne();
  } else {
    pause_over_.Wait();  // a worker ended the pause just now
  }
  return true;
}

bool WorkerPool::StillPausing() {
  MutexLock lock(mutex_);
  return std::exchange(reactor_pauses_, false);
}

void WorkerPool::Run(Worker& worker) {
  sys::NameThisThread(config_.name);
  for (;;) {
    ConnectionList share = TakeShare(worker);
    if (share.empty()) return;
    ConnectionList for_reactor;
    while (Connection* connection = share.PopFront()) {
      if (!connection->Serve(worker.context)) for_reactor.PushBack(connection);
    }
    buffers_.Release(worker.context.released);
    ready_.Add(for_reactor);
    FinishShare();
  }
}

// Sleeps until there is work; empty only when the pool stops.
ConnectionList WorkerPool::TakeShare(Worker& worker) {
  for (int spin_us = config_.spin_us;;) {
    if (spin_us > 0) SpinForWork(spin_us);
    {
      MutexLock lock(mutex_);
      if (!queue_.empty()) {
        ConnectionList share = ShareOf(queue_);
        has_work_.store(!queue_.empty(), std::memory_order_relaxed);
        ++busy_;
        return share;
      }
      if (stopping_) return {};
      sleepers_.push_back(&worker);
    }
    worker.wake_up.Wait();
    spin_us = std::exchange(worker.woken_early, false) ? kEarlyUs : 0;
  }
}

// The last one ends the reactor's pause.
void WorkerPool::FinishShare() {
  {
    MutexLock lock(mutex_);
    if (--busy_ > 0 || !queue_.empty() || !reactor_pauses_) return;
    reactor_pauses_ = false;
  }
  pause_over_.Post();
}

ConnectionList WorkerPool::ShareOf(ConnectionList& queue) const {
  // Whatever is taken together waits together.
  if (config_.may_block) return queue.TakeFront(1);
  const size_t fair = (queue.size() + workers_.size() - 1) / workers_.size();
  return queue.TakeFront(std::min(fair, kMaxShare));
}

void WorkerPool::SpinForWork(int us) const {
  const int64_t until_ns = sys::NowNs() + int64_t{us} * 1000;
  while (!has_work_.load(std::memory_order_acquire) && sys::NowNs() < until_ns) {
  }
}

size_t WorkerPool::QueuedNow() {
  MutexLock lock(mutex_);
  return queue_.size();
}

uint64_t WorkerPool::WakesSoFar() {
  MutexLock lock(mutex_);
  return wakes_;
}

void WorkerPool::AddCounters(Stats& stats) const {
  for (const auto& worker : workers_) {
    const WorkerCounters& counters = worker->context.counters;
    stats.bytes_out += counters.bytes_out.Get();
    stats.bytes_discarded += counters.bytes_discarded.Get();
    stats.bytes_unsolicited += counters.bytes_unsolicited.Get();
  }
}

}  // namespace switchboard
