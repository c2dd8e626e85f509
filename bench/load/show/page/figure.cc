#include "bench/load/show/page/figure.h"

#include <algorithm>

#include "bench/load/base/units.h"
#include "bench/load/show/page/chart_data.h"
#include "bench/load/show/page/markup.h"
#include "bench/load/show/page/svg.h"

namespace switchboard::load {
namespace {

constexpr int kWidePx = 920;
constexpr int kNarrowPx = 360;

std::string Key(const Legend& legend) {
  const std::string style = Escaped(legend.style);
  switch (legend.kind) {
    case Legend::kCurve:
      return "<path class=\"curve " + style + "\" d=\"M0 4H26\"/>";
    case Legend::kMark:
      return "<circle class=\"mark " + style + "\" cx=\"13\" cy=\"4\" r=\"4\"/>";
    case Legend::kWhisker:
      return "<path class=\"whisker " + style + "\" d=\"M6 4H20M6 0V8M20 0V8\"/>";
    case Legend::kHeat:
      break;
  }
  std::string out = "<g class=\"heat\">";
  for (int level = 1; level <= Heat::kLevels; ++level) {
    out += Format("<path class=\"h%d\" stroke-width=\"8\" d=\"M%d 4h4\"/>", level, 4 * level - 3);
  }
  return out + "</g>";
}

std::string LegendLine(const std::vector<Legend>& legends) {
  if (legends.empty()) return "";
  std::string out = "<p class=\"legend\">";
  for (const Legend& legend : legends) {
    out += "<span><svg class=\"key\" viewBox=\"0 0 26 8\" aria-hidden=\"true\">" + Key(legend) +
           "</svg>" + Escaped(legend.text) + "</span> ";
  }
  return out + "</p>\n";
}

}  // namespace

std::string FigureMarkup(const Caption& text, const Detail& detail,
                         const std::function<Chart(const Canvas&)>& draw) {
  const size_t all = detail.columns;
  const Canvas wide{kWidePx, all / 2, all / 4}, narrow{kNarrowPx, all / 4, all / 8};
  const Canvas live{kWidePx, all, all / 4};
  return "<figure class=\"chart\">\n<figcaption><h3>" + Escaped(text.title) + "</h3>\n" +
         LegendLine(text.legends) + "</figcaption>\n<div class=\"wide\">" +
         ToSvg(draw(wide), kWidePx, text.height_px) + "</div>\n<div class=\"narrow\">" +
         ToSvg(draw(narrow), kNarrowPx, text.height_px) +
         "</div>\n<script type=\"application/json\">" + ToData(draw(live), text.height_px) +
         "</script>\n</figure>\n";
}

std::string ReadableDuration(int64_t duration_ns) {
  std::string text = DurationText(duration_ns);
  const size_t unit = text.find(" us");
  return unit == text.npos ? text : text.replace(unit, 3, " µs");
}

std::string ReadablePercentile(const Histogram& histogram, double percent) {
  return histogram.Tells(percent) ? ReadableDuration(histogram.PercentileNs(percent)) : "–";
}

}  // namespace switchboard::load
