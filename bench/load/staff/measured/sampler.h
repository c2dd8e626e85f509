// Looks at a server's status port again and again while a run is measured, from a thread of its
// own, so that it is not in the way of the load. The looks are even; when there are kMost of them,
// every other one is forgotten, and they go on at half the pace.
//
// One thread makes it and takes what it has seen; the run's thread calls it in between.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_SAMPLER_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_SAMPLER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "bench/load/staff/measured/samples.h"
#include "bench/load/status/server_status.h"
#include "bench/load/target/observer.h"

namespace switchboard::load {

class Sampler : public Observer {
 public:
  static constexpr size_t kMost = 257;

  // `enough` is asked after a look whether the run may end; a run that was interrupted does.
  Sampler(const ServerStatus& status, int64_t every_ms, std::function<bool(const Samples&)> enough,
          const std::atomic<bool>& interrupted);
  ~Sampler() override;

  void OnMeasuringBegins() override { Become(Phase::kMeasuring); }
  void OnMeasuringEnds() override { Become(Phase::kOver); }

  // Becomes true when the run is to end.
  const std::atomic<bool>* stop() const { return &stop_; }

  // After the run. Throws what a look has thrown.
  Samples Take();

 private:
  enum class Phase { kBefore, kMeasuring, kOver };

  void Become(Phase phase);
  void Run();
  void LookUntilOver();
  void Look();
  // Returns whether the phase is still `phase` at `until_ns`, for which it waits.
  bool Lasts(Phase phase, int64_t until_ns);

  const ServerStatus& status_;
  const std::function<bool(const Samples&)> enough_;
  const std::atomic<bool>& interrupted_;
  std::atomic<bool> stop_{false};

  std::mutex mutex_;
  std::condition_variable changed_;
  Phase phase_ = Phase::kBefore;  // guarded by mutex_

  // Of the thread, until it is joined.
  int64_t every_ns_;
  Samples samples_;
  std::exception_ptr failure_;
  std::thread thread_;  // last: begins when all else is there
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_SAMPLER_H_
