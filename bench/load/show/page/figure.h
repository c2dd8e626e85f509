// A chart as an HTML figure: its legend, pictures for a wide page and for a phone, of which the
// style sheet shows one, and the data from which the page's script draws it instead. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_FIGURE_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_FIGURE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/load/measure/histogram.h"
#include "bench/load/show/page/chart.h"

namespace switchboard::load {

// How fine what stands over time is drawn: so many columns at most where one can look closer, and
// fewer in the pictures.
struct Detail {
  size_t columns = 640;
};

// What a chart is drawn on.
struct Canvas {
  int width_px;
  size_t columns;       // of curves
  size_t heat_columns;  // of a heat map
};

struct Legend {
  enum Kind { kCurve, kMark, kWhisker, kHeat };
  std::string style;
  std::string text;
  Kind kind = kCurve;
};

struct Caption {
  std::string title;
  std::vector<Legend> legends;
  int height_px = 210;
};

std::string FigureMarkup(const Caption& text, const Detail& detail,
                         const std::function<Chart(const Canvas&)>& draw);

// DurationText as a browser can show it: "1.23 µs".
std::string ReadableDuration(int64_t duration_ns);
// The same of a percentile; "–" where there are too few values to tell it.
std::string ReadablePercentile(const Histogram& histogram, double percent);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_FIGURE_H_
