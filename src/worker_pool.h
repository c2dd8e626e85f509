// A fixed pool of worker threads and the run queue that feeds them.
//
// A hand-over costs as much as a read and a write together if it wakes a thread, and next to
// nothing if it does not. So the rule is about wake-ups:
//   1. The reactor publishes what it has read in a round under one lock. The workers take the jobs
//      one at a time, in the order in which they were read: nobody overtakes.
//   2. While jobs are short, one worker is enough. Another is woken for each millisecond of work
//      that waits, and the reactor pauses until all is done, so that what the callers say meanwhile
//      is its next round, a large one, instead of a wake-up each.
//   3. A job that takes longer than a wake-up is worth one, and so is a job of a service that may
//      block: a worker is woken for each that waits, and the reactor reads on.
//   4. Whoever publishes jobs, or leaves some behind when taking one, wakes the next worker wanted.
//   5. The workers measure how long jobs take. A pause that lasts too long is given up: whatever it
//      waited for was not short.
// Short jobs are served by the first worker of the pool, the reactor's companion: shared_cpu.h
// keeps the two on one CPU, as waking a thread on another takes several times as long.

#ifndef SWITCHBOARD_SRC_WORKER_POOL_H_
#define SWITCHBOARD_SRC_WORKER_POOL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "src/base/mutex.h"
#include "src/base/stopwatch.h"
#include "src/base/thread_checker.h"
#include "src/books/books.h"
#include "src/connection/list.h"
#include "src/connection/ready_list.h"
#include "src/hand_over.h"
#include "src/linux/semaphore.h"
#include "src/linux/thread.h"

namespace switchboard {

class WorkerPool {
 public:
  struct Config {
    std::string name;        // of its threads
    std::string option{};    // that says how many there are, for messages
    bool may_block = false;  // a service that may block is served here
    bool times_writes = false;
    Trace* trace = nullptr;
  };

  // Starts as many threads as `books` are for; throws std::runtime_error if the system refuses one.
  // What `books` point at, `buffers` and `ready` outlive the pool.
  WorkerPool(Config config, const PoolBooks& books, BufferPool& buffers, ReadyList& ready);
  // Joins the threads, which finish what is queued. Reactor stopped.
  ~WorkerPool();

  // Reactor thread only: adds to the round's batch. The connection is the pool's from here on.
  void Add(Connection& connection);
  // Reactor thread only: publishes the batch of a round that began at `round_began_ns`, and wakes a
  // worker if one is wanted for it.
  void Publish(int64_t round_began_ns);
  // Reactor thread only, about to sleep: waits instead until the jobs of the last batch are done,
  // if they are short. True if it is time to look for events again, without sleeping.
  bool PauseWhileBusy();

  // Any thread.
  bool JobsAreShort();
  // Whether a job that comes now has to wait, and how many the workers have taken so far.
  struct Progress {
    bool full;
    uint64_t taken;
  };
  Progress ProgressNow();

  const std::string& name() const { return config_.name; }
  size_t workers() const { return workers_.size(); }

  // The worker that serves short jobs.
  sys::Thread& companion() { return workers_.front()->thread; }

 private:
  // One that a worker has done since its last look at the clock, and when it was published.
  struct Job {
    uint32_t published;
    uint32_t service;
  };

  struct Worker {
    WorkerContext context;
    Stopwatch stopwatch{hand_over::kLongJobNs};
    std::array<Job, hand_over::kJobsPerLook> jobs;  // since the last look at the clock
    TimeCounter* queue_wait = nullptr;
    sys::Semaphore wake_up;  // posted once each time it is taken from the sleepers
    sys::Thread thread;
  };

  void Run(Worker& worker);
  Connection* AwaitJob(Worker& worker);
  Connection* TakeJob();
  int ServeJobs(Connection* first, Worker& worker);
  static void NoteTimes(Worker& worker, int jobs);
  void FinishJobs(int jobs, int64_t took_ns);
  bool StillPausing();
  void Wake(Worker* worker);
  void Stop();

  Connection* PopJob(Worker*& wanted) REQUIRES(mutex_);
  bool AreShort() const REQUIRES(mutex_);
  bool OneMoreIsWanted() const REQUIRES(mutex_);
  Worker* TakeSleeper() REQUIRES(mutex_);
  void FallAsleep(Worker& worker) REQUIRES(mutex_);
  void NoteCost(int jobs, int64_t took_ns) REQUIRES(mutex_);

  const Config config_;
  PoolCounters& counters_;
  BufferPool& buffers_;
  ReadyList& ready_;
  std::vector<std::unique_ptr<Worker>> workers_;

  // Reactor thread only.
  ThreadChecker reactor_thread_;
  ConnectionList batch_;
  bool worth_a_pause_ = false;

  Mutex mutex_;
  ConnectionList queue_ GUARDED_BY(mutex_);
  // Woken from the back: the companion, then the last to fall asleep, whose caches are warm.
  std::vector<Worker*> sleepers_ GUARDED_BY(mutex_);
  int64_t job_ns_ GUARDED_BY(mutex_) = 0;  // what a job takes of late
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool reactor_pauses_ GUARDED_BY(mutex_) = false;

  sys::Semaphore pause_over_;  // posted once each time reactor_pauses_ is cleared by a worker
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_WORKER_POOL_H_
