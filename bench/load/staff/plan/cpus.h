// The CPUs of a simulated host, for which its threads queue.
//
// A thread runs in steps: when one is over, Step says what the next costs, or that the thread
// sleeps. How long it takes is the CPU's affair, whose pace varies (pace.h). Of those who wait for
// a CPU, the one that has had the least CPU time goes first, and one that runs makes way for one
// that has had a good deal less; but to have slept counts for no more than a slice. Of the threads
// that share a seat only one runs at a time, as if they were held to one CPU. A thread that is
// woken while a CPU is idle takes it, its last one if it can; that takes a while, by chance, and
// costs who wakes it, unless it is a timer. A thread that takes over a CPU from another pays for
// the switch.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_CPUS_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_CPUS_H_

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "bench/load/staff/costs.h"
#include "bench/load/staff/plan/events.h"
#include "bench/load/staff/plan/pace.h"
#include "bench/load/staff/plan/random.h"

namespace switchboard::load::sim {

class Cpus;

class SimThread {
 public:
  static constexpr int kNoSeat = -1;

  SimThread(Cpus& cpus, int seat) : cpus_(cpus), seat_(seat) {}
  virtual ~SimThread() = default;
  SimThread(const SimThread&) = delete;
  SimThread& operator=(const SimThread&) = delete;

  int64_t busy_ns() const;  // CPU time until now

 protected:
  // The last step is over, or it was woken: calls Work or Sleep, once.
  virtual void Step() = 0;

  void Work(double cost_ns);
  void Sleep() { asleep_ = true; }
  // Asleep. Costs the thread whose step it is now; if it is nobody's, a timer wakes it.
  void Wake();
  void Sit(int seat) { seat_ = seat; }  // from its next turn on
  int64_t now_ns() const;

  Cpus& cpus_;

 private:
  friend class Cpus;
  static constexpr int64_t kNever = -1;

  int seat_;
  bool asleep_ = true;
  int last_cpu_ = 0;
  int64_t left_ns_ = 0;  // of its step
  int64_t busy_ns_ = 0;  // until it ran last
  int64_t runs_since_ns_ = kNever;
  int64_t had_ns_ = 0;  // CPU time as far as it counts in the queue
};

class Cpus {
 public:
  Cpus(Events& events, const Costs& costs, int cpus, int seats, uint64_t seed);

  Events& events() { return events_; }
  const Costs& costs() const { return costs_; }

 private:
  friend class SimThread;
  // By how much they have had, and then since when they wait.
  using Waiting = std::map<std::pair<int64_t, uint64_t>, SimThread*>;

  struct Cpu final : Timer {
    Cpus* all = nullptr;
    SimThread* thread = nullptr;
    int seat = SimThread::kNoSeat;  // that the thread took
    Pace pace;
    int64_t since_ns = 0;  // that the piece takes, or that the CPU is idle
    int64_t piece_ns = 0;  // of the thread's step, that ends next: what it costs
    void OnTime() override { all->OnPieceOver(*this); }
  };

  void Wake(SimThread& thread);
  int64_t WakingTakes(const Cpu& cpu);
  void Start(Cpu& cpu, SimThread& thread, int64_t delay_ns);
  void StopClock(SimThread& thread);
  void Continue(Cpu& cpu);
  void OnPieceOver(Cpu& cpu);
  void Leave(Cpu& cpu);
  SimThread* TakeWaiting();
  void Queue(SimThread& thread);
  Waiting::iterator FirstWaiting(int freed_seat);
  bool MakesWay(const SimThread& thread, int seat);
  bool SeatIsFree(const SimThread& thread) const;
  Cpu* IdleFor(const SimThread& thread);
  int IndexOf(const Cpu& cpu) const { return static_cast<int>(&cpu - cpus_.data()); }

  Events& events_;
  const Costs& costs_;
  Random random_;
  std::vector<Cpu> cpus_;
  std::vector<int> idle_;  // indices; the last to become idle at the back
  std::vector<bool> taken_seats_;
  Waiting waiting_;
  uint64_t queued_ = 0;
  int64_t least_had_ns_ = 0;  // that a thread had when it began to run; never falls
  bool in_step_ = false;
  int64_t debt_ns_ = 0;  // what the present step has cost besides
};

}  // namespace switchboard::load::sim

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_CPUS_H_
