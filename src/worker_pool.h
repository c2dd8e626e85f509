// A fixed pool of worker threads and the run queue that feeds them.
//
// A hand-over costs what it wakes, so that is what this class economises. The reactor collects a
// whole round of reads, publishes them under one lock, and wakes a worker
//   - if none is awake to find them, or
//   - if more is waiting than those who are awake will reach soon, or
//   - for every job, if the service may block, because then nobody knows what "soon" is.
// While jobs wait for those who are awake the reactor pauses, so that what the callers say in
// the meantime is its next round, a large one, instead of a wake-up each. The last worker to finish
// ends the pause. A worker takes its fair share of the queue at once.

#ifndef SWITCHBOARD_SRC_WORKER_POOL_H_
#define SWITCHBOARD_SRC_WORKER_POOL_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "src/connection_list.h"
#include "src/linux/semaphore.h"
#include "src/linux/thread.h"
#include "src/mutex.h"
#include "src/ready_list.h"

namespace switchboard {

class WorkerPool {
 public:
  struct Config {
    std::string name;  // of its threads
    int workers = 1;
    bool may_block = false;  // a service that may block is served here
    int spin_us = 0;         // a worker's bounded wait before it sleeps
    Trace* trace = nullptr;
  };

  // Starts the threads; throws std::runtime_error if the system refuses one. `buffers` and `ready`
  // outlive the pool.
  WorkerPool(Config config, BufferPool& buffers, ReadyList& ready);
  // Joins the threads, which finish what is queued. Reactor stopped.
  ~WorkerPool();

  // Reactor thread only: adds to the round's batch. The connection is the pool's from here on.
  void Add(Connection& connection) { batch_.PushBack(&connection); }
  // Reactor thread only, about to read what will be the round's only job: if all sleep, wakes a
  // worker now, so that a lonely caller does not wait for the read first and then for the wake-up.
  void WakeEarly();
  // Reactor thread only: publishes the batch and wakes whoever is needed for it.
  void Publish();
  // Reactor thread only, about to sleep: if jobs are left to workers that have others to do, waits
  // instead until they have done them (after 1 ms, another is woken). True if it is time to look
  // for events again, without sleeping.
  bool PauseWhileBusy();

  // Any thread.
  size_t QueuedNow();
  uint64_t WakesSoFar();
  void AddCounters(Stats& stats) const;

 private:
  struct Worker {
    WorkerContext context;
    sys::Semaphore wake_up;    // posted once each time it is taken from the sleepers
    bool woken_early = false;  // its job is not there yet; set before the post
    sys::Thread thread;
  };

  void Run(Worker& worker);
  ConnectionList TakeShare(Worker& worker);
  void FinishShare();
  ConnectionList ShareOf(ConnectionList& queue) const;
  size_t WakesWanted(size_t published) REQUIRES(mutex_);
  Worker* TakeSleeper() REQUIRES(mutex_);
  void WakeOne();
  bool StillPausing();
  void SpinForWork(int us) const;
  void Stop();

  const Config config_;
  BufferPool& buffers_;
  ReadyList& ready_;
  std::vector<std::unique_ptr<Worker>> workers_;

  // Reactor thread only.
  ConnectionList batch_;
  bool worth_a_pause_ = false;
  bool woke_early_ = false;

  Mutex mutex_;
  ConnectionList queue_ GUARDED_BY(mutex_);
  // The last to fall asleep is woken first: its stack and caches are warm.
  std::vector<Worker*> sleepers_ GUARDED_BY(mutex_);
  uint64_t wakes_ GUARDED_BY(mutex_) = 0;
  size_t busy_ GUARDED_BY(mutex_) = 0;  // workers that have a share
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool reactor_pauses_ GUARDED_BY(mutex_) = false;

  sys::Semaphore pause_over_;          // posted once each time reactor_pauses_ is cleared
  std::atomic<bool> has_work_{false};  // a hint for those who spin
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_WORKER_POOL_H_
