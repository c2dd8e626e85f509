// Draws a chart as SVG, to stand in an HTML page whose style sheet gives the colours: curves and
// marks get CSS classes, axes the classes `grid`, `axis` and `label`. Plain values and functions
// without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_CHART_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_CHART_H_

#include <cstdint>
#include <string>
#include <vector>

namespace switchboard::load {

struct Tick {
  double at;
  std::string label;
};

// Values from `low` to `high`, which differ; both above 0 if it is logarithmic.
struct Axis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::vector<Tick> ticks;  // each label is escaped

  // Where `value` is, from 0 (low) to 1 (high). Values outside are moved to the nearer end.
  double Place(double value) const;
};

// An axis of durations in nanoseconds that shows `low_ns` to `high_ns`: from 0, or logarithmic
// where the smallest would not be seen beside the largest.
Axis DurationAxis(double low_ns, double high_ns);

// From 0 to at least `high`, with about `ticks` round ticks.
Axis CountAxis(double high, int ticks);

// From 0 to exactly `seconds`, in seconds, or with a unit at each tick if it is less than one.
Axis TimeAxis(double seconds, int ticks);

struct Point {
  double x, y;
};

// A line through points of rising x; `points` may be several lines with gaps between.
struct Curve {
  std::string style;
  std::vector<std::vector<Point>> lines;
  bool filled = false;  // down to the axis
};

// A dot, with a text that a mouse pointer shows.
struct Mark {
  std::string style;
  Point at;
  std::string text;
};

struct Chart {
  std::string name;  // for those who do not see it
  std::string x_title;
  Axis x, y;
  std::vector<Curve> curves;
  std::vector<Mark> marks;
};

// An <svg> of that many CSS pixels, which scales to the width it is given.
std::string ToSvg(const Chart& chart, int width, int height);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_CHART_H_
