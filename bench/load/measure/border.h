// Where the border lies between the rates that keep an objective and those that do not, by the runs
// at several rates near it.
//
// A percentile allows a share of messages beyond the limit. What a run shows of that share is its
// own by chance, and as such messages come in clusters, by more chance than coins have: by how much
// more is seen in how their number differs from second to second (their variance over their mean,
// which would be 1). The logarithm of the share, against that of the rate, is taken for a straight
// line near the border; the line through all runs, each weighted by its chance, crosses the allowed
// share at the border, with an error that follows from theirs. A run far from the limit counts
// little, as the line may be bent there; a border so sharp that runs are on either side of it and
// none near it is enclosed by them.
//
// One owner, one thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_BORDER_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_BORDER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "bench/load/measure/report.h"

namespace switchboard::load {

class Border {
 public:
  Border(double percentile, int64_t limit_ns);

  // A run, at the rate of its options. Where the target was not reached, all of it is beyond.
  void Add(const Report& report);

  bool Knows(double rate) const { return at_.count(rate) > 0; }
  double SecondsAt(double rate) const { return Knows(rate) ? at_.at(rate).seconds : 0; }
  // Whether the runs at that rate, together, are beyond what the percentile allows. There must have
  // been one.
  bool Missed(double rate) const { return at_.at(rate).beyond > allowed_ * at_.at(rate).messages; }

  struct Interval {
    double low, middle, high;
  };
  // It holds the border in 19 of 20 cases. Before there are two rates, or if the share does not
  // rise with the rate, it is beyond them: at infinity, or 0, where all have met or all have
  // missed. Nothing where it could be either.
  std::optional<Interval> Estimate() const;

  // The two rates closest to each other that enclose that interval and have met and missed; nothing
  // if there are none.
  struct Range {
    double met, missed;
  };
  std::optional<Range> Enclosing() const;

 private:
  // All runs at one rate.
  struct Runs {
    double messages = 0, beyond = 0;
    double seconds = 0, sum = 0, squares = 0;  // of the number beyond the limit in each second

    double Variance() const;
  };
  struct Point;

  double Dispersion() const;
  std::vector<Point> Points() const;
  Point PointOf(double rate, const Runs& runs, double dispersion) const;

  const double allowed_;  // share of the messages
  const int64_t limit_ns_;
  std::map<double, Runs> at_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_BORDER_H_
