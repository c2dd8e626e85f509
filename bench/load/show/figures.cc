#include "bench/load/show/figures.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/load/base/units.h"
#include "bench/load/show/chart.h"

namespace switchboard::load {
namespace {

constexpr int kWidePx = 920;
constexpr int kNarrowPx = 360;
constexpr int kPercentilesHeightPx = 330;
constexpr int kTimeHeightPx = 210;

struct Legend {
  const char* style;
  const char* text;
  bool is_mark = false;
};

// `draw(width)` gives the chart for that width.
template <typename Draw>
std::string Figure(const std::string& title, const std::vector<Legend>& legends, int height_px,
                   Draw draw) {
  std::string out = "<figure>\n<figcaption><h3>" + Escaped(title) + "</h3>\n";
  if (!legends.empty()) {
    out += "<p class=\"legend\">";
    for (const Legend& legend : legends) {
      const std::string style = legend.style;
      out += "<span><svg class=\"key\" viewBox=\"0 0 26 8\" aria-hidden=\"true\">" +
             (legend.is_mark ? "<circle class=\"mark " + style + "\" cx=\"13\" cy=\"4\" r=\"4\"/>"
                             : "<path class=\"curve " + style + "\" d=\"M0 4H26\"/>") +
             "</svg>" + Escaped(legend.text) + "</span> ";
    }
    out += "</p>\n";
  }
  out += "</figcaption>\n";
  out += "<div class=\"wide\">" + ToSvg(draw(kWidePx), kWidePx, height_px) + "</div>\n";
  out += "<div class=\"narrow\">" + ToSvg(draw(kNarrowPx), kNarrowPx, height_px) + "</div>\n";
  return out + "</figure>\n";
}

constexpr double kMaxAt = 4.6;  // where the maximum stands, as if it were the 99.9975th percentile

double PlaceOf(double percent) { return -std::log10(1 - percent / 100); }
double PercentAt(double place) { return 100 * (1 - std::pow(10, -place)); }

// That of the rarest percentile that the axis and the values have.
double LastPlaceOf(const Histogram& histogram) {
  constexpr double kValuesBeyond = 10;
  const double most = std::log10(static_cast<double>(histogram.count()) / kValuesBeyond);
  return std::min(PlaceOf(99.99), most);
}

// A point for each pixel at which the latency differs from the pixel before.
std::vector<Point> PercentileLine(const Histogram& histogram, int width_px) {
  const double first = PlaceOf(50), last = std::max(first, LastPlaceOf(histogram));
  std::vector<Point> line;
  for (int i = 0; i <= width_px; ++i) {
    const double place = first + (last - first) * i / width_px;
    const auto ns = static_cast<double>(histogram.PercentileNs(PercentAt(place)));
    // On a level stretch the last point moves along.
    const size_t n = line.size();
    if (n >= 2 && line[n - 1].y == ns && line[n - 2].y == ns) line.pop_back();
    line.push_back({place, ns});
  }
  line.push_back({kMaxAt, static_cast<double>(histogram.max_ns())});
  return line;
}

void AddPercentiles(Chart& chart, const Histogram& histogram, const char* style, const char* name,
                    int width_px) {
  if (histogram.count() == 0) return;
  chart.curves.push_back(
      {.style = style, .lines = {PercentileLine(histogram, width_px)}, .filled = false});
  for (const Tick& tick : chart.x.ticks) {
    const bool is_max = tick.at == kMaxAt;
    if (!is_max && !histogram.Tells(PercentAt(tick.at))) continue;
    const int64_t ns = is_max ? histogram.max_ns() : histogram.PercentileNs(PercentAt(tick.at));
    chart.marks.push_back({.style = style,
                           .at = {tick.at, static_cast<double>(ns)},
                           .text = std::string(name) + (is_max ? ", " : ", p") + tick.label + ": " +
                                   ReadableDuration(ns)});
  }
}

Chart LatencyChart(const Report& report, int width_px) {
  const bool naive = report.options.IsOpenLoop() && report.naive_latency.count() > 0;
  auto low_ns = static_cast<double>(report.latency.PercentileNs(50));
  auto high_ns = static_cast<double>(report.latency.max_ns());
  if (naive) {
    low_ns = std::min(low_ns, static_cast<double>(report.naive_latency.PercentileNs(50)));
    high_ns = std::max(high_ns, static_cast<double>(report.naive_latency.max_ns()));
  }
  Chart chart;
  chart.name = "Latency by percentile; the table of percentiles has its figures";
  chart.x_title = "percentile";
  chart.x = {.low = PlaceOf(50),
             .high = kMaxAt,
             .ticks = {{PlaceOf(50), "50"},
                       {PlaceOf(90), "90"},
                       {PlaceOf(99), "99"},
                       {PlaceOf(99.9), "99.9"},
                       {PlaceOf(99.99), "99.99"},
                       {kMaxAt, "max"}}};
  chart.y = DurationAxis(low_ns, high_ns);
  if (naive) AddPercentiles(chart, report.naive_latency, "naive", "naive", width_px);
  AddPercentiles(chart, report.latency, "latency", "latency", width_px);
  return chart;
}

// A second of the timeline, or several where there are many.
struct Column {
  double begin_s, end_s;
  uint64_t messages = 0;
  uint64_t errors = 0;
  Histogram latency{Histogram::kCoarse};

  double Rate() const { return static_cast<double>(messages) / (end_s - begin_s); }
  double Middle() const { return (begin_s + end_s) / 2; }
};

constexpr size_t kMostColumns = 300;
constexpr double kShortestColumn = 0.1;  // of a second; a shorter rest goes to the one before

std::vector<Column> Columns(const Report& report) {
  const std::vector<const Second*> timeline = WholeTimeline(report);
  size_t seconds = timeline.size();
  if (seconds > 1 && report.seconds < static_cast<double>(seconds - 1) + kShortestColumn) --seconds;
  const size_t step = std::max<size_t>(1, (seconds + kMostColumns - 1) / kMostColumns);
  std::vector<Column> columns;
  for (size_t begin = 0; begin < seconds; begin += step) {
    columns.push_back(
        {.begin_s = static_cast<double>(begin), .end_s = static_cast<double>(begin + step)});
  }
  if (columns.empty()) return columns;
  if (report.seconds > columns.back().begin_s) columns.back().end_s = report.seconds;
  for (size_t i = 0; i < timeline.size(); ++i) {
    const Second& second = *timeline[i];
    Column& column = columns[std::min(i / step, columns.size() - 1)];
    column.messages += second.messages;
    column.errors += second.errors;
    column.latency.Merge(second.latency);
  }
  return columns;
}

Chart TimeChart(const char* name, const std::vector<Column>& columns, int width_px) {
  Chart chart;
  chart.name = std::string(name) + "; the table below has its figures";
  chart.x_title = columns.back().end_s < 1 ? "time" : "seconds";
  chart.x = TimeAxis(columns.back().end_s, width_px / 90);
  return chart;
}

Chart ThroughputChart(const std::vector<Column>& columns, int width_px) {
  Chart chart = TimeChart("Messages per second over time", columns, width_px);
  Curve curve{.style = "rate", .lines = {{}}, .filled = true};
  double highest = 0;
  for (const Column& column : columns) {
    curve.lines[0].push_back({column.begin_s, column.Rate()});
    curve.lines[0].push_back({column.end_s, column.Rate()});
    highest = std::max(highest, column.Rate());
    if (column.errors == 0) continue;
    chart.marks.push_back(
        {.style = "error",
         .at = {column.Middle(), 0},
         .text = GroupedText(column.errors) + (column.errors == 1 ? " error" : " errors")});
  }
  chart.y = CountAxis(highest, 4);
  chart.curves.push_back(std::move(curve));
  return chart;
}

// Lines through the columns in which something was answered, with gaps where nothing was. A point
// between two gaps would be no line, and gets a mark even where there are many.
void AddOverTime(Chart& chart, const std::vector<Column>& columns, const char* style,
                 const char* name, double percent) {
  constexpr size_t kMostMarks = 60;
  Curve curve{.style = style, .lines = {{}}, .filled = false};
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i].latency.Tells(percent)) {
      curve.lines.emplace_back();
      continue;
    }
    const int64_t ns = columns[i].latency.PercentileNs(percent);
    const Point point{columns[i].Middle(), static_cast<double>(ns)};
    curve.lines.back().push_back(point);
    const bool alone = (i == 0 || !columns[i - 1].latency.Tells(percent)) &&
                       (i + 1 == columns.size() || !columns[i + 1].latency.Tells(percent));
    if (!alone && columns.size() > kMostMarks) continue;
    chart.marks.push_back(
        {.style = style,
         .at = point,
         .text = Format("%s after %.6g s: ", name, columns[i].begin_s) + ReadableDuration(ns)});
  }
  chart.curves.push_back(std::move(curve));
}

Chart LatencyOverTimeChart(const std::vector<Column>& columns, int width_px) {
  Chart chart = TimeChart("Latency over time: median and 99th percentile", columns, width_px);
  double low_ns = 0, high_ns = 0;
  for (const Column& column : columns) {
    if (!column.latency.Tells(50)) continue;
    const auto p50_ns = static_cast<double>(column.latency.PercentileNs(50));
    low_ns = low_ns == 0 ? p50_ns : std::min(low_ns, p50_ns);
    high_ns = std::max(high_ns, static_cast<double>(column.latency.PercentileNs(99)));
  }
  chart.y = DurationAxis(low_ns, high_ns);
  AddOverTime(chart, columns, "median", "p50", 50);
  AddOverTime(chart, columns, "latency", "p99", 99);
  return chart;
}

}  // namespace

std::string ReadableDuration(int64_t duration_ns) {
  std::string text = DurationText(duration_ns);
  const size_t unit = text.find(" us");
  return unit == text.npos ? text : text.replace(unit, 3, " µs");
}

std::string ReadablePercentile(const Histogram& histogram, double percent) {
  return histogram.Tells(percent) ? ReadableDuration(histogram.PercentileNs(percent)) : "–";
}

std::string LatencyFigure(const Report& report) {
  if (report.latency.count() == 0) return "<p>No message was answered.</p>\n";
  std::vector<Legend> legends;
  if (report.options.IsOpenLoop() && report.naive_latency.count() > 0) {
    legends = {{"latency", "from the intended send time"}, {"naive", "naive, which hides stalls"}};
  }
  return Figure("Latency by percentile", legends, kPercentilesHeightPx,
                [&](int width_px) { return LatencyChart(report, width_px); });
}

std::string ThroughputFigure(const Report& report) {
  const std::vector<Column> columns = Columns(report);
  if (columns.empty()) return "";
  std::vector<Legend> legends;
  for (const Column& column : columns) {
    if (column.errors > 0 && legends.empty())
      legends = {{"rate", "messages"}, {"error", "errors", true}};
  }
  return Figure("Messages per second", legends, kTimeHeightPx,
                [&](int width_px) { return ThroughputChart(columns, width_px); });
}

std::string LatencyOverTimeFigure(const Report& report) {
  const std::vector<Column> columns = Columns(report);
  const auto told = [](const Column& column) { return column.latency.Tells(50); };
  if (std::ranges::none_of(columns, told)) return "";
  return Figure("Latency over time", {{"latency", "p99"}, {"median", "p50"}}, kTimeHeightPx,
                [&](int width_px) { return LatencyOverTimeChart(columns, width_px); });
}

Table TimelineTable(const Report& report) {
  Table table{.caption = "By the time of the answer",
              .header = {"Second", "Messages/s", "p50", "p99", "Max", "Errors"},
              .rows = {},
              .style = "numbers"};
  for (const Column& column : Columns(report)) {
    const auto latency = [&](double percent) {
      return ReadablePercentile(column.latency, percent);
    };
    table.rows.push_back({Format("%.6g–%.6g", column.begin_s, column.end_s),
                          GroupedText(static_cast<uint64_t>(column.Rate() + 0.5)), latency(50),
                          latency(99), latency(100), GroupedText(column.errors)});
  }
  return table;
}

}  // namespace switchboard::load
