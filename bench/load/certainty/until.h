// Says when a run with wishes (`--until`) may begin to measure and when it may end, from the
// latencies that come in. It knows no clock and no threads.
//
// Warm-up ends when the latencies of its second half do not drift. Measuring ends when every wish
// is fulfilled and nothing drifts, at two looks in a row. It looks each time an eighth more has
// come in, not all the time: whoever looks often enough finds a moment at which an interval is
// narrow by luck.
//
// One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_CERTAINTY_UNTIL_H_
#define SWITCHBOARD_BENCH_LOAD_CERTAINTY_UNTIL_H_

#include <cstddef>
#include <string>
#include <vector>

#include "bench/load/certainty/slices.h"
#include "bench/load/measure/certainty.h"

namespace switchboard::load {

class Until {
 public:
  explicit Until(const std::vector<Wish>& wishes) : wishes_(wishes) {}

  // What was recorded in the `index`th of the shortest slices since warm-up, or measuring, began.
  void Add(size_t index, const Histogram& latencies) { slices_.Add(index, latencies); }

  // Warm-up: whether the latencies have settled.
  bool Settled();
  // Forgets the warm-up.
  void StartMeasuring();
  // Measuring: whether all that was wished for is known.
  bool Known();

  // "p99 to 7.2 %", of the wish that is farthest from being fulfilled, when it last looked; empty
  // if it did not yet.
  const std::string& state() const { return state_; }
  const Slices& slices() const { return slices_; }

 private:
  bool TimeToLook();

  const std::vector<Wish> wishes_;
  Slices slices_;
  int64_t looked_ns_ = 0;
  bool was_fulfilled_ = false;  // when it last looked
  std::string state_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_CERTAINTY_UNTIL_H_
