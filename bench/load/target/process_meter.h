// What a server process spends during the measured part of a run: CPU time, system calls, context
// switches. Of all its threads and of the processes that it started.
//
// One thread makes it and asks it; the run's thread calls it in between. One run at a time.

#ifndef SWITCHBOARD_BENCH_LOAD_TARGET_PROCESS_METER_H_
#define SWITCHBOARD_BENCH_LOAD_TARGET_PROCESS_METER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/linux/perf.h"
#include "bench/load/target/observer.h"
#include "src/linux/fd.h"

namespace switchboard::load {

// One kind of event of a number of threads, and of all that they start later.
class EventCounter {
 public:
  EventCounter() = default;
  // Counts from now on. `error` says why if it cannot; then there is no count.
  EventCounter(sys::CountedEvent event, const std::vector<int>& tids);

  std::optional<int64_t> Read() const;
  int error() const { return error_; }

 private:
  std::vector<sys::Fd> counters_;
  int error_ = 0;
};

struct Spent {
  double cpu_s = 0;
  // Nothing if they were not counted.
  std::optional<int64_t> system_calls, context_switches;
};

class ProcessMeter : public Observer {
 public:
  // Of the process `pid` and those it started. Counting events makes all system calls of the
  // machine slower, so it is done only if `count_events`.
  ProcessMeter(int pid, bool count_events);
  // Of these threads of this process, and those that they start.
  explicit ProcessMeter(const std::vector<int>& own_threads);

  void OnMeasuringBegins() override { before_ = Now(); }
  void OnMeasuringEnds() override { after_ = Now(); }

  // After the run.
  Spent spent() const;
  // Why events are not counted, one sentence; empty if they are, or need not be.
  std::string obstacle() const;

 private:
  Spent Now() const;
  double CpuSeconds() const;

  const int pid_;
  EventCounter system_calls_, context_switches_;
  Spent before_, after_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_TARGET_PROCESS_METER_H_
