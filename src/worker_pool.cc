#include "src/worker_pool.h"

#include <algorithm>
#include <utility>

#include "src/linux/clock.h"
#include "src/linux/process.h"

namespace switchboard {
namespace {

// The clock in units of 1.024 us, cut to 32 bits, so that a connection has room for it: a wait of
// more than 73 minutes counts as so much less.
constexpr int kStampShift = 10;
uint32_t Stamp(int64_t ns) { return static_cast<uint32_t>(ns >> kStampShift); }

// From a stamp to `ns`. A job that was published while others were served may seem to have begun
// before that, by minutes at most.
int64_t Since(uint32_t stamp, int64_t ns) {
  constexpr uint32_t kEarlier = 0xf0000000;
  const uint32_t units = Stamp(ns) - stamp;
  return units >= kEarlier ? 0 : int64_t{units} << kStampShift;
}

}  // namespace

WorkerPool::WorkerPool(Config config, const PoolBooks& books, BufferPool& buffers, ReadyList& ready)
    : config_(std::move(config)), counters_(*books.pool), buffers_(buffers), ready_(ready) {
  const size_t count = books.times.size();
  sleepers_.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    workers_.push_back(std::make_unique<Worker>());
    Worker& worker = *workers_.back();
    worker.queue_wait = &books.times[i].queue_wait;
    worker.context.buffer_bytes = buffers.buffer_bytes();
    worker.context.trace = config_.trace;
    worker.context.times_writes = config_.times_writes;
    worker.context.counters = books.OfWorker(i);
  }
  const std::string what = "the " + std::to_string(count) + " threads of " + config_.option;
  try {
    for (const auto& worker : workers_) {
      worker->thread = sys::StartThread(what, [this, &worker = *worker] { Run(worker); });
    }
  } catch (...) {
    Stop();
    throw;
  }
}

WorkerPool::~WorkerPool() { Stop(); }

void WorkerPool::Stop() {
  Worker* sleeper;
  do {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
      sleeper = TakeSleeper();
    }
    Wake(sleeper);
  } while (sleeper != nullptr);
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.Join();
  }
}

void WorkerPool::Add(Connection& connection) {
  reactor_thread_.Check();
  batch_.PushBack(&connection);
}

void WorkerPool::Publish(int64_t round_began_ns) {
  reactor_thread_.Check();
  if (batch_.empty()) return;
  const int64_t now_ns = sys::NowNs();
  const uint32_t now = Stamp(now_ns);
  counters_.reactor_time.Add(now_ns - round_began_ns, batch_.size());
  counters_.published.Add(batch_.size());
  batch_.ForEach([now](Connection& connection) { connection.published = now; });
  Worker* wanted;
  {
    MutexLock lock(mutex_);
    queue_.Append(batch_);
    wanted = OneMoreIsWanted() ? TakeSleeper() : nullptr;
    // A single job of a worker that is being woken is done sooner than a pause and its end.
    worth_a_pause_ = AreShort() && (queue_.size() > 1 || wanted == nullptr);
  }
  Wake(wanted);
}

bool WorkerPool::PauseWhileBusy() {
  reactor_thread_.Check();
  if (!std::exchange(worth_a_pause_, false)) return false;
  {
    MutexLock lock(mutex_);
    if (!AreShort()) return false;
    if (queue_.empty()) return true;
    reactor_pauses_ = true;
  }
  if (!pause_over_.WaitFor(hand_over::kLongestPauseUs) && !StillPausing()) {
    pause_over_.Wait();  // a worker ended the pause just now
  }
  return true;
}

// Ends a pause that has lasted too long, unless a worker has. What it waited for was not short.
bool WorkerPool::StillPausing() {
  Worker* wanted;
  {
    MutexLock lock(mutex_);
    if (!std::exchange(reactor_pauses_, false)) return false;
    job_ns_ = std::max(job_ns_, hand_over::kLongestPauseUs * 1000);
    wanted = OneMoreIsWanted() ? TakeSleeper() : nullptr;
  }
  Wake(wanted);
  return true;
}

void WorkerPool::Run(Worker& worker) {
  sys::NameThisThread(config_.name);
  while (Connection* const first = AwaitJob(worker)) {
    worker.stopwatch.Start();
    const int jobs = ServeJobs(first, worker);
    if (buffers_.Release(worker.context.released)) ready_.Interrupt();
    const int64_t took_ns = worker.stopwatch.Stop(jobs);
    FinishJobs(jobs, took_ns);
    NoteTimes(worker, jobs);
  }
}

// Sleeps until there is one; nullptr only when the pool stops.
Connection* WorkerPool::AwaitJob(Worker& worker) {
  for (;;) {
    Worker* wanted = nullptr;
    Connection* job = nullptr;
    {
      MutexLock lock(mutex_);
      if (!queue_.empty()) {
        counters_.busy.Add();
        job = PopJob(wanted);
      } else if (stopping_) {
        return nullptr;
      } else {
        FallAsleep(worker);
      }
    }
    Wake(wanted);
    if (job != nullptr) return job;
    worker.wake_up.Wait();
  }
}

// nullptr if there is none, or if it is time to say what the last ones took.
Connection* WorkerPool::TakeJob() {
  Worker* wanted = nullptr;
  Connection* job = nullptr;
  {
    MutexLock lock(mutex_);
    if (AreShort()) job = PopJob(wanted);
  }
  Wake(wanted);
  return job;
}

// Returns how many.
int WorkerPool::ServeJobs(Connection* first, Worker& worker) {
  int jobs = 0;
  for (Connection* job = first; job != nullptr;) {
    // Before it is served, as it is somebody else's afterwards.
    worker.jobs[static_cast<size_t>(jobs)] = {job->published,
                                              static_cast<uint32_t>(job->route().number)};
    if (!job->Serve(worker.context)) ready_.Add(*job);
    job = ++jobs < hand_over::kJobsPerLook ? TakeJob() : nullptr;
  }
  return jobs;
}

// The clock was read before the first and after the last: each of them took as long as their mean,
// and has waited for those before it.
void WorkerPool::NoteTimes(Worker& worker, int jobs) {
  const int64_t began_ns = worker.stopwatch.began_ns();
  const int64_t each_ns = (worker.stopwatch.ended_ns() - began_ns) / jobs;
  for (int i = 0; i < jobs; ++i) {
    const Job& job = worker.jobs[static_cast<size_t>(i)];
    worker.queue_wait->Add(Since(job.published, began_ns + i * each_ns));
    worker.context.counters[job.service].service_time.Add(each_ns);
  }
}

// The last worker to run out of jobs ends the reactor's pause.
void WorkerPool::FinishJobs(int jobs, int64_t took_ns) {
  {
    MutexLock lock(mutex_);
    NoteCost(jobs, took_ns);
    counters_.busy.Subtract(1);
    const bool done = counters_.busy.Get() == 0 && queue_.empty();
    if (!reactor_pauses_ || (AreShort() && !done)) return;
    reactor_pauses_ = false;
  }
  pause_over_.Post();
}

// A mean in which jobs count for the time that they took, not for their number: a long job among
// many short ones is to be noticed as those notice it who wait behind it.
void WorkerPool::NoteCost(int jobs, int64_t took_ns) {
  took_ns = std::min<int64_t>(took_ns, 1'000'000'000);  // lest the product overflows
  job_ns_ += (took_ns / jobs - job_ns_) * took_ns / (took_ns + hand_over::kMemoryNs);
}

// The next job, for a worker that counts as busy, and in `wanted` the one to wake for what is left.
Connection* WorkerPool::PopJob(Worker*& wanted) {
  Connection* const job = queue_.PopFront();
  if (job != nullptr) counters_.taken.Add();
  if (!queue_.empty() && OneMoreIsWanted()) wanted = TakeSleeper();
  return job;
}

bool WorkerPool::AreShort() const { return !config_.may_block && job_ns_ < hand_over::kLongJobNs; }

bool WorkerPool::OneMoreIsWanted() const {
  const size_t awake = workers_.size() - sleepers_.size();
  if (!AreShort())
    return queue_.size() > awake - counters_.busy.Get();  // each that has no job takes one
  if (awake == 0) return true;
  return static_cast<int64_t>(queue_.size()) * job_ns_ >
         static_cast<int64_t>(awake) * hand_over::kWorkPerWorkerNs;
}

WorkerPool::Worker* WorkerPool::TakeSleeper() {
  if (sleepers_.empty()) return nullptr;
  Worker* const worker = sleepers_.back();
  sleepers_.pop_back();
  counters_.wakes.Add();
  return worker;
}

void WorkerPool::FallAsleep(Worker& worker) {
  const bool companion_sleeps = !sleepers_.empty() && sleepers_.back() == workers_.front().get();
  sleepers_.insert(sleepers_.end() - (companion_sleeps ? 1 : 0), &worker);
}

// Without the lock, so that the worker does not wake up only to wait for it. Nobody: nothing.
void WorkerPool::Wake(Worker* worker) {
  if (worker != nullptr) worker->wake_up.Post();
}

bool WorkerPool::JobsAreShort() {
  MutexLock lock(mutex_);
  return AreShort();
}

WorkerPool::Progress WorkerPool::ProgressNow() {
  MutexLock lock(mutex_);
  return {!queue_.empty() || counters_.busy.Get() == workers_.size(), counters_.taken.Get()};
}

}  // namespace switchboard
