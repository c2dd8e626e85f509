// How far one run's figures are from another's, and how sure that is.
//
// Each figure has a 95 % interval of its own: of the rate and the mean from how they move between
// the bins of the run, of a percentile as certainty/assess.h finds it. The interval of a ratio
// comes from the two (Zou and Donner's method of variance estimates recovery, on logarithms: the
// farther ends' distances add up as squares; doi:10.1002/sim.3095). It is of these two runs, made
// one after another: whether the machine was the same for both, it cannot know.
//
// Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_REPORT_DIFFERENCES_H_
#define SWITCHBOARD_BENCH_LOAD_REPORT_DIFFERENCES_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/load/measure/report.h"

namespace switchboard::load {

// A figure, of messages a second or nanoseconds, and where it lies.
struct Estimate {
  double value = 0;
  std::optional<std::pair<double, double>> interval;  // around it
};

struct RatioEstimate {
  double ratio = 1;
  std::optional<std::pair<double, double>> interval;
  // Whether one is known to be larger; without an interval that is not known.
  bool Differs() const { return interval && (interval->first > 1 || interval->second < 1); }
};

// Nothing if either is 0.
std::optional<RatioEstimate> RatioOf(const Estimate& first, const Estimate& other);

// The figures that are compared: a name, whether it is a duration, and the estimate, or nothing
// where a report does not tell it.
struct ComparedFigure {
  std::string name;
  bool is_duration;
  std::optional<Estimate> estimate;
};
std::vector<ComparedFigure> FiguresOf(const Report& report);
// Nothing if one of the two is not told, either.
std::optional<RatioEstimate> RatioOf(const ComparedFigure& first, const ComparedFigure& other);

// "0.67 (0.57 to 0.76)", or the ratio alone.
std::string RatioText(const RatioEstimate& ratio);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_REPORT_DIFFERENCES_H_
