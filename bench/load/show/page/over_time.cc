#include "bench/load/show/page/over_time.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "bench/load/base/units.h"
#include "bench/load/show/page/heat.h"

namespace switchboard::load {
namespace {

constexpr uint64_t kMessagesOfARate = 20;  // in a column
constexpr int kTickPx = 90;
constexpr size_t kMostMarks = 180;  // of a chart

Chart TimeChart(const char* name, double end_s, const Canvas& canvas) {
  Chart chart;
  chart.name = std::string(name) + "; the table below has its figures";
  chart.x = TimeAxis(end_s, canvas.width_px / kTickPx);
  chart.x.title = end_s < 1 ? "time" : "seconds";
  return chart;
}

template <typename Series>
double EndOf(const std::vector<Series>& series) {
  double end_s = 0;
  for (const Series& each : series) {
    if (!each.columns.empty()) end_s = std::max(end_s, each.columns.back().end_s);
  }
  return end_s;
}

double WidthOf(const Columns& columns) {
  return columns.empty() ? 0 : columns.front().end_s - columns.front().begin_s;
}

std::string ErrorsText(uint64_t errors) {
  return GroupedText(errors) + (errors == 1 ? " error" : " errors");
}

void AddErrors(Chart& chart, const Columns& columns) {
  for (const Column& column : columns) {
    if (column.errors == 0) continue;
    chart.marks.push_back(
        {.style = "error", .at = {column.Middle(), 0}, .text = ErrorsText(column.errors)});
  }
}

// Where its columns are wider than `finest_s`, so that more than one point of another curve stands
// beside each of its own, they are drawn as wide as they are. A point between two gaps would be no
// line, and gets a mark even where there are many.
void AddLatency(Chart& chart, const LatencySeries& series, double finest_s, size_t most_marks) {
  const Columns& columns = series.columns;
  const auto told = [&](size_t i) {
    return i < columns.size() && columns[i].latency.Tells(series.percent);
  };
  Curve curve{.style = series.style, .name = series.name, .lines = {{}}};
  curve.width = WidthOf(columns);
  curve.stepped = curve.width > finest_s * 1.5;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!told(i)) {
      curve.lines.emplace_back();
      continue;
    }
    const int64_t ns = columns[i].latency.PercentileNs(series.percent);
    const Point point{columns[i].Middle(), static_cast<double>(ns)};
    curve.lines.back().push_back({curve.stepped ? columns[i].begin_s : point.x, point.y});
    if (curve.stepped) continue;
    const bool alone = (i == 0 || !told(i - 1)) && !told(i + 1);
    if (!alone && columns.size() > most_marks) continue;
    chart.marks.push_back(
        {.style = series.style,
         .at = point,
         .text = Format("%s after %.6g s: ", series.name.c_str(), columns[i].begin_s) +
                 ReadableDuration(ns)});
  }
  chart.curves.push_back(std::move(curve));
}

}  // namespace

Chart RateChart(const std::vector<RateSeries>& series, const Canvas& canvas) {
  Chart chart = TimeChart("Messages per second over time", EndOf(series), canvas);
  double highest = 0;
  for (const RateSeries& each : series) {
    const Columns columns = Holding(each.columns, kMessagesOfARate);
    Curve curve{.style = each.style, .name = each.name, .lines = {{}}};
    curve.filled = series.size() == 1;
    curve.stepped = true;
    for (const Column& column : columns) {
      curve.lines[0].push_back({column.begin_s, column.Rate()});
      highest = std::max(highest, column.Rate());
    }
    curve.width = WidthOf(columns);
    chart.curves.push_back(std::move(curve));
    AddErrors(chart, each.columns);
  }
  chart.y = CountAxis(highest, 4);
  chart.y.title = "messages/s";
  return chart;
}

Chart LatencyChart(const std::vector<LatencySeries>& series, const Canvas& canvas) {
  Chart chart = TimeChart("Latency over time", EndOf(series), canvas);
  double low_ns = INFINITY, high_ns = 0;
  std::vector<LatencySeries> told = series;
  for (LatencySeries& each : told) {
    each.columns = Telling(std::move(each.columns), each.percent);
    for (const Column& column : each.columns) {
      if (!column.latency.Tells(each.percent)) continue;
      const auto ns = static_cast<double>(column.latency.PercentileNs(each.percent));
      low_ns = std::min(low_ns, ns);
      high_ns = std::max(high_ns, ns);
    }
  }
  chart.y = DurationAxis(std::min(low_ns, high_ns), high_ns);
  chart.y.title = "latency";
  double finest_s = INFINITY;
  for (const LatencySeries& each : told) finest_s = std::min(finest_s, WidthOf(each.columns));
  for (const LatencySeries& each : told) {
    AddLatency(chart, each, finest_s, kMostMarks / told.size());
  }
  return chart;
}

Chart HeatChart(const Columns& columns, const Canvas& canvas) {
  Chart chart =
      TimeChart("How many messages took how long, over time", columns.back().end_s, canvas);
  Heat heat = HeatOf(columns);
  // Its rows are of one height on a logarithmic axis only.
  chart.y = LogarithmicDurationAxis(heat.edges.front(), heat.edges.back());
  chart.y.title = "latency";
  chart.heat.push_back(std::move(heat));
  return chart;
}

}  // namespace switchboard::load
