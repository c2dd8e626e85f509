// Looks at a server's status, one after another, and what came between them. One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_SAMPLES_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_SAMPLES_H_

#include <cstdint>
#include <vector>

#include "bench/load/staff/measured/observed.h"
#include "bench/load/status/server_figures.h"

namespace switchboard::load {

struct Sample {
  int64_t at_ns = 0;
  ServerFigures figures;
};
using Samples = std::vector<Sample>;

// Of the pool that had most of the turns, and its workers; none if none had one. Throws as
// Difference.
std::vector<Slice> SlicesOf(const Samples& samples, int64_t* workers = nullptr);

// Says whether the mean wait is known well enough, and P(wait) to half of what is tolerated, at two
// looks in a row. It looks each time an eighth more has come in: whoever looks often enough finds a
// moment at which an interval is narrow by luck.
class KnownWell {
 public:
  // A part of the mean wait, or of kShortWaitS where that is longer; 0: never.
  explicit KnownWell(double within) : within_(within) {}

  bool operator()(const Samples& samples);

 private:
  const double within_;
  int64_t looked_ns_ = 0;
  bool was_known_ = false;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_SAMPLES_H_
