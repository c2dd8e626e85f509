// Who runs when, and what time it is.
//
// The threads are real, but only the one that holds the baton runs; the others sleep. The baton is
// passed on only where a thread makes a call of the simulated kernel, to a thread that the seed
// chooses, so that a run depends on nothing but its seed. What is outside the server (the network
// and the callers) has no thread: it takes its steps in between, on whichever thread holds the
// baton. Time stands still while anybody can run, but for a little that each look at the clock
// costs, so that who watches the clock sees it move; when all sleep it jumps to the first deadline.
//
// Everything is called by the thread that holds the baton.

#ifndef SWITCHBOARD_TESTS_SIM_KERNEL_SCHEDULER_H_
#define SWITCHBOARD_TESTS_SIM_KERNEL_SCHEDULER_H_

#include <semaphore.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/sim/kernel/random.h"

namespace switchboard::sim {

inline constexpr int64_t kNeverNs = std::numeric_limits<int64_t>::max();

// What goes on outside the server.
class World {
 public:
  virtual ~World() = default;
  // Does one thing; false if there is nothing to do until a thread runs or time passes.
  virtual bool Step() = 0;
  // When there will be something to do, however long everybody sleeps.
  virtual int64_t due_ns() const = 0;
  // Everybody sleeps and nothing is due, or the run does not come to an end.
  [[noreturn]] virtual void Stuck(const std::string& why) = 0;
};

class Scheduler {
 public:
  // The calling thread is the first, and has the baton. `random` and `world` outlive it.
  Scheduler(Random& random, World& world);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // A place at which another thread, or the world, may come first.
  void MayYield();
  // At one in how many of these places that happens.
  void SetYieldOneIn(uint64_t n) { yield_one_in_ = n; }

  // Sleeps until `ready()`, which only looks; false if `due_ns` came first.
  bool WaitUntil(const std::function<bool()>& ready, int64_t due_ns = kNeverNs);

  // Starts a thread, which runs when it gets the baton. Join it after AwaitEnd.
  std::thread Spawn(std::function<void()> run);
  void AwaitEnd(std::thread::id id);
  // The name of the thread with the baton, for the trace.
  void Rename(std::string_view name);
  const std::string& running() const { return threads_[running_]->name; }

  int64_t now_ns() const { return now_ns_; }
  void SpendTime(int64_t ns) { now_ns_ += ns; }
  int64_t LookAtClock();

 private:
  struct Thread {
    std::string name;
    sem_t baton;
    const std::function<bool()>* ready = nullptr;  // nullptr: can run
    int64_t due_ns = kNeverNs;
    bool ended = false;
    std::thread::id id;
  };

  void PassBaton();
  bool CanRun(const Thread& thread) const;
  size_t Choose();
  void PassTime();

  Random& random_;
  World& world_;
  uint64_t yield_one_in_ = 4;
  int64_t now_ns_ = 1'000'000'000;
  int64_t turns_ = 0;
  size_t running_ = 0;
  std::vector<std::unique_ptr<Thread>> threads_;
};

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_KERNEL_SCHEDULER_H_
