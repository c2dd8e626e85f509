// A server process in a simulation: a reactor and its pool of workers, who hand messages to each
// other by the rule at the top of src/worker_pool.h, whose names stand here for the same. One
// thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_PROCESS_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_PROCESS_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "bench/load/staff/plan/callers.h"
#include "bench/load/staff/plan/cpus.h"
#include "bench/load/staff/plan/scenario.h"
#include "src/base/distribution.h"

namespace switchboard::load::sim {

// Who hears the echoes.
class Audience {
 public:
  virtual ~Audience() = default;
  virtual void Hear(CallerId caller) = 0;
};

// What all processes of a host share.
struct Host {
  const Scenario& scenario;
  Cpus& cpus;
  Callers& callers;
  Audience* audience = nullptr;

  std::optional<Distribution> service{};
  uint64_t services = 0;  // begun
  double service_ns = 0;  // of all of them

  uint64_t wakes = 0;
  uint64_t jobs = 0, waited = 0;  // taken from run queues, and those that had to wait there
  double wait_ns = 0;
};

class Process {
 public:
  Process(Host& host, int seat);

  // Something has come from the caller.
  void Deliver(CallerId caller);

  int64_t reactor_ns() const { return reactor_.busy_ns(); }
  int64_t companion_ns() const { return workers_.front()->busy_ns(); }
  int64_t workers_cpu_ns() const;
  // That workers have spent on jobs, awake or asleep in a service.
  int64_t workers_ns() const;

 private:
  struct Job {
    CallerId caller;
    int64_t published_ns;
  };

  class Reactor final : public SimThread, public Timer {
   public:
    Reactor(Process& process, int seat) : SimThread(process.host_.cpus, seat), process_(process) {}
    void Deliver(CallerId caller);   // an event
    void GiveBack(CallerId caller);  // by a worker
    void EndPause();
    void OnTime() override;  // a pause may last too long

   private:
    enum class At { kLook, kPoll, kRound };
    void Step() override;
    void Look();
    void Poll(bool may_sleep);
    void Polled();
    void Read(CallerId caller);

    Process& process_;
    At at_ = At::kPoll;
    bool may_sleep_ = true, sleeps_ = true;  // on epoll
    std::deque<CallerId> events_, given_back_;
    std::vector<CallerId> batch_;
    int64_t paused_ns_ = 0;
    bool timer_is_set_ = false;
  };

  class Worker final : public SimThread, public Timer {
   public:
    Worker(Process& process, int seat) : SimThread(process.host_.cpus, seat), process_(process) {}
    void WakeUp() { Wake(); }
    void OnTime() override { Wake(); }  // it has slept for as long as the service takes
    void TakeSeat(int seat) { Sit(seat); }
    // That it has spent on jobs, until now.
    int64_t occupied_ns() const { return busy_ns() + asleep_ns_ + AsleepNow(); }

   private:
    enum class At { kIdle, kServing, kWriting };
    void Step() override;
    void AwaitJob();
    void Serve();
    void WriteReply(double before_ns);
    void Written();
    int64_t AsleepNow() const;

    Process& process_;
    At at_ = At::kIdle;
    CallerId caller_ = 0;
    int64_t asleep_ns_ = 0;  // in services, until they ran again
    int64_t asleep_since_ns_ = 0, busy_then_ns_ = 0;
    int jobs_ = 0;
    double took_ns_ = 0;
  };

  // The hand-over rule.
  void Publish(const std::vector<CallerId>& batch);
  std::optional<CallerId> PopJob();
  bool AreShort() const;
  bool OneMoreIsWanted() const;
  void WakeOne();
  void FallAsleep(Worker& worker);
  void FinishJobs(int jobs, double took_ns);
  void NoteCost(int jobs, double took_ns);

  Host& host_;
  const int seat_;
  const bool may_block_;
  Reactor reactor_;
  std::vector<std::unique_ptr<Worker>> workers_;

  std::deque<Job> queue_;
  std::vector<Worker*> sleepers_;
  size_t busy_ = 0;
  double job_ns_ = 0;
  bool reactor_pauses_ = false, worth_a_pause_ = false;
};

}  // namespace switchboard::load::sim

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_PROCESS_H_
