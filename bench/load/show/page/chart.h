// A chart: axes, and what stands in it. svg.h draws it as a picture, chart_data.h hands it to the
// page's script, which draws it anew where somebody looks closer. CSS classes give the colours.
// Plain values and functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_CHART_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_CHART_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace switchboard::load {

// What the values of an axis are: nanoseconds, seconds since the beginning, places of percentiles
// (see PlaceOf), counts, or what its ticks name.
enum class Scale { kDuration, kTime, kPercentile, kCount, kName };

struct Tick {
  double at;
  std::string label;
};

// Values from `low` to `high`, which differ; both above 0 if it is logarithmic.
struct Axis {
  Scale scale = Scale::kCount;
  std::string title;
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::vector<Tick> ticks;  // each label is escaped

  // Where `value` is, from 0 (low) to 1 (high). Values outside are moved to the nearer end.
  double Place(double value) const;
  // That it is logarithmic is a part of it.
  std::string FullTitle() const;
};

// An axis of durations in nanoseconds that shows `low_ns` to `high_ns`: from 0, or logarithmic
// where the smallest would not be seen beside the largest.
Axis DurationAxis(double low_ns, double high_ns);

// From exactly `low_ns` to `high_ns`.
Axis LogarithmicDurationAxis(double low_ns, double high_ns);

// From 0 to at least `high`, with about `ticks` round ticks.
Axis CountAxis(double high, int ticks);

// The same, or logarithmic where `low` would not be seen beside `high`.
Axis WideCountAxis(double low, double high, int ticks);

// From 0 to exactly `seconds`, in seconds, or with a unit at each tick if it is less than one.
Axis TimeAxis(double seconds, int ticks);

// Where a percentile stands on an axis on which each nine takes the same room, and the way back.
double PlaceOf(double percent);
double PercentAt(double place);
inline constexpr double kPlaceOfMax = 4.6;  // as if it were the 99.9975th percentile
Axis PercentileAxis();

struct Point {
  double x, y;
};

// A line through points of rising x, or several with gaps between.
struct Curve {
  std::string style;
  std::string name;
  std::vector<std::vector<Point>> lines;
  bool filled = false;   // down to the axis
  bool stepped = false;  // each value holds from its x for `width`
  double width = 0;      // of x, that a point stands for; 0 if it is of a line without columns
};

// A dot, with a text that a mouse pointer shows.
struct Mark {
  std::string style;
  Point at;
  std::string text;
};

// Where a value at `x` lies with some confidence. An end that is not known is 0 or infinite, and
// drawn at the end of the axis.
struct Whisker {
  std::string style;
  double x, low, high;
};

// A value of y that all are compared with, and a stretch of x. Each with its text.
struct Rule {
  double y;
  std::string text;
};
struct Stretch {
  double low, high;
  std::string text;
};

// How many values were where, in columns of x and rows of y.
struct Heat {
  struct Cell {
    size_t row, column;
    uint64_t count;
  };
  double begin_x = 0, column_width = 1;
  std::vector<double> edges;  // of the rows, rising by the same factor
  std::vector<Cell> cells;    // by row, and in it by column
  uint64_t largest = 0;       // count of a cell

  static constexpr int kLevels = 6;
  int Level(uint64_t count) const;  // 1 to kLevels: by its logarithm, so that one value is seen
};

struct Chart {
  std::string name;  // for those who do not see it
  Axis x, y;
  std::vector<Curve> curves;
  std::vector<Mark> marks;
  std::vector<Whisker> whiskers;
  std::vector<Rule> rules;
  std::vector<Stretch> stretches;
  std::vector<Heat> heat;  // one at most
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_CHART_H_
