// How fast a simulated CPU is from moment to moment: as the one was whose pace was recorded, over
// and over again. One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_PACE_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_PACE_H_

#include <cstdint>
#include <vector>

#include "bench/load/staff/costs.h"
#include "bench/load/staff/plan/random.h"

namespace switchboard::load::sim {

class Pace {
 public:
  // Always the same.
  Pace() = default;
  // Of pieces that would take `piece_ns` each, and took so many `percents` of it. The simulation
  // begins `offset_ns` after the record does. `percents` outlives it.
  Pace(double piece_ns, const std::vector<int>& percents, int64_t offset_ns);

  // How long it takes from `now_ns`, which never goes back, to do work that usually takes
  // `work_ns`. It is done before there is other work.
  int64_t Elapsed(int64_t work_ns, int64_t now_ns);

  // The pace of each of so many CPUs. Those that were recorded were so at the same time, and are
  // simulated so; further ones are like them at other times.
  static std::vector<Pace> OfAll(const PaceRecord& record, int cpus, Random& random);

 private:
  int64_t TimeOf(size_t piece) const;
  void NextPiece();

  double piece_ns_ = 0;
  const std::vector<int>* percents_ = nullptr;
  int64_t turn_ns_ = 0;  // of all pieces
  size_t piece_ = 0;
  int64_t ends_ns_ = 0;  // that piece
};

}  // namespace switchboard::load::sim

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_PACE_H_
