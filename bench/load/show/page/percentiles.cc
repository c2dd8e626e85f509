#include "bench/load/show/page/percentiles.h"

#include <algorithm>
#include <cmath>

#include "bench/load/show/page/figure.h"

namespace switchboard::load {
namespace {

// That of the rarest percentile that the axis and the values have.
double LastPlaceOf(const Histogram& histogram) {
  constexpr double kValuesBeyond = 10;
  const double most = std::log10(static_cast<double>(histogram.count()) / kValuesBeyond);
  return std::min(PlaceOf(99.99), most);
}

// Points evenly over the axis, where the latency differs from that of the point before.
std::vector<Point> LineOf(const Histogram& histogram, size_t points) {
  const double first = PlaceOf(50), last = std::max(first, LastPlaceOf(histogram));
  std::vector<Point> line;
  for (size_t i = 0; i <= points; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(points);
    const double place = first + (last - first) * share;
    const auto ns = static_cast<double>(histogram.PercentileNs(PercentAt(place)));
    // On a level stretch the last point moves along.
    const size_t n = line.size();
    if (n >= 2 && line[n - 1].y == ns && line[n - 2].y == ns) line.pop_back();
    line.push_back({place, ns});
  }
  line.push_back({kPlaceOfMax, static_cast<double>(histogram.max_ns())});
  return line;
}

double PlaceOnAxis(const Percentile& percentile) {
  return percentile.percent == 100 ? kPlaceOfMax : PlaceOf(percentile.percent);
}

void AddMarks(Chart& chart, const PercentileSeries& series) {
  for (const Percentile& each : kPercentiles) {
    if (!series.histogram->Tells(each.percent)) continue;
    const int64_t ns = series.histogram->PercentileNs(each.percent);
    chart.marks.push_back({.style = series.style,
                           .at = {PlaceOnAxis(each), static_cast<double>(ns)},
                           .text = series.name + ", " + each.name + ": " + ReadableDuration(ns)});
  }
}

void AddWhiskers(Chart& chart, const PercentileSeries& series) {
  if (series.certainty == nullptr) return;
  for (const LatencyInterval& each : series.certainty->intervals) {
    if (PlaceOf(each.percent) < chart.x.low || PlaceOf(each.percent) > kPlaceOfMax) continue;
    const double high = each.high_ns > 0 ? static_cast<double>(each.high_ns) : INFINITY;
    chart.whiskers.push_back(
        {series.style, PlaceOf(each.percent), static_cast<double>(each.low_ns), high});
  }
}

}  // namespace

Chart PercentileChart(const std::vector<PercentileSeries>& series, size_t points) {
  double low_ns = INFINITY, high_ns = 0;
  for (const PercentileSeries& each : series) {
    low_ns = std::min(low_ns, static_cast<double>(each.histogram->PercentileNs(50)));
    high_ns = std::max(high_ns, static_cast<double>(each.histogram->max_ns()));
  }
  Chart chart;
  chart.name = "Latency by percentile; the table of percentiles has its figures";
  chart.x = PercentileAxis();
  chart.y = DurationAxis(low_ns, high_ns);
  chart.y.title = "latency";
  for (const PercentileSeries& each : series) {
    chart.curves.push_back(
        {.style = each.style, .name = each.name, .lines = {LineOf(*each.histogram, points)}});
    AddWhiskers(chart, each);
    AddMarks(chart, each);
  }
  return chart;
}

}  // namespace switchboard::load
