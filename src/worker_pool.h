// A fixed pool of worker threads and the run queue that feeds them.
//
// A hand-over costs what it wakes, so that is what this class economises: the reactor collects a
// whole round of reads, publishes them under one lock, and wakes a worker only
//   - when nobody is awake to find them, and not before the reactor has nothing left to read; or
//   - when more is waiting than those who are awake will reach soon; or
//   - for every job, if the service may block, because then nobody knows what "soon" is.
// A worker takes a share of the queue at once: its fair part of what is there.

#ifndef SWITCHBOARD_SRC_WORKER_POOL_H_
#define SWITCHBOARD_SRC_WORKER_POOL_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "src/connection_list.h"
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
  // Reactor thread only: publishes the batch.
  void Publish();
  // Reactor thread only: whether published work waits for a worker that is still asleep.
  bool owes_wake() const { return owes_wake_; }
  // Reactor thread only: about to sleep, so whoever is needed must be woken now.
  void Wake();

  // Reactor thread only: a pause while the workers have plenty to do, until one of them runs dry.
  // False if that took too long.
  bool AwaitDry();
  bool plenty() const { return plenty_; }

  // Any thread.
  size_t QueuedNow();
  uint64_t WakesSoFar();
  void AddCounters(Stats& stats) const;

 private:
  struct Worker {
    WorkerDesk desk;
    Condition phone;  // signalled when `awake` becomes true
    bool awake = true;
    std::thread thread;
  };

  void Run(Worker& worker);
  ConnectionList TakeShare(Worker& worker);
  void TellReactor();
  void SpinForWork() const;
  size_t WakesWanted(size_t published) REQUIRES(mutex_);
  void WakeOne();
  void Stop();

  const Config config_;
  BufferPool& buffers_;
  ReadyList& ready_;
  std::vector<std::unique_ptr<Worker>> workers_;

  // Reactor thread only.
  ConnectionList batch_;
  bool owes_wake_ = false;
  bool plenty_ = false;

  Mutex mutex_;
  ConnectionList queue_ GUARDED_BY(mutex_);
  // The last to fall asleep is woken first: its stack and caches are warm.
  std::vector<Worker*> sleepers_ GUARDED_BY(mutex_);
  uint64_t wakes_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool reactor_pauses_ GUARDED_BY(mutex_) = false;
  Condition dry_;  // signalled when `reactor_pauses_` becomes false

  std::atomic<bool> has_work_{false};  // a hint for those who spin
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_WORKER_POOL_H_
