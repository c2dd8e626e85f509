// Predicted beside measured, at one rate. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_ESTIMATE_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_ESTIMATE_H_

#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "bench/load/staff/formulas.h"
#include "bench/load/staff/measured/observed.h"

namespace switchboard::load {

// A shorter wait is the hand-over's, no queue's.
inline constexpr double kHandOverS = 200e-6;
// Differences are parts of the mean wait, or of this where it is shorter: the tenth of it is what
// a hand-over may take.
inline constexpr double kShortWaitS = 1e-3;
// Waits are asked for that are longer than so many mean services.
inline constexpr double kServices[] = {0.1, 1, 4};

// With the interval that it lies in with 95 % confidence, by batch means; without where there are
// too few slices.
struct MeasuredValue {
  double value = 0;
  std::optional<double> margin;  // to either side
  bool dependent = false;  // even its largest batches follow each other: the interval is too narrow

  // How far it may be off, to be on the safe side.
  double Doubt() const { return margin ? (dependent ? 2 : 1) * *margin : HUGE_VAL; }
};

struct ModelFigure {
  double predicted = 0;
  MeasuredValue measured;
};

// P(wait > over_s).
struct LongWait {
  double over_s = 0;
  double services = 0;  // the same in mean services; 0: asked for as it is
  ModelFigure p;
};

struct RateResult {
  Observed observed;
  double seconds = 0;
  uint64_t turns = 0;
  Demand demand;       // as measured: what the prediction is made of
  double offered = 0;  // work for so many workers, at the rate that was asked for
  bool ends = true;    // false: more work than they can do, and nothing is predicted
  ModelFigure utilisation, p_wait, mean_wait_s;
  std::vector<LongWait> long_waits;
};

// `target_s` is one more wait that is asked for. `observed` has a turn at least.
RateResult Evaluate(Observed observed, double target_s);

// How far predicted and measured may be apart: a part of the mean wait (see PartOfWait), and of
// P(wait) and each P(wait > T).
inline constexpr double kWaitTolerance = 0.1, kShareTolerance = 0.02;

// One figure alone.
MeasuredValue MeanWait(std::span<const Slice> slices);
MeasuredValue PWait(std::span<const Slice> slices);

// `part` of the mean wait, or of kShortWaitS where that is longer.
double PartOfWait(double part, double mean_wait_s);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_ESTIMATE_H_
