#include "bench/load/show/page/figures.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/load/base/units.h"
#include "bench/load/measure/objective.h"
#include "bench/load/show/page/columns.h"
#include "bench/load/show/page/over_time.h"
#include "bench/load/show/page/percentiles.h"

namespace switchboard::load {
namespace {

constexpr int kPercentilesHeightPx = 330;
constexpr int kTimeHeightPx = 220;
constexpr int kHeatHeightPx = 280;
constexpr int kObjectiveHeightPx = 280;

bool HasNaive(const Report& report) {
  return report.options.IsOpenLoop() && report.naive_latency.count() > 0;
}

Chart ObjectiveChart(const Report& report, const Canvas& canvas) {
  const auto limit_ns = static_cast<double>(report.options.slo_limit_ns);
  double low_ns = limit_ns, high_ns = limit_ns, low = INFINITY, high = 0;
  Chart chart;
  for (const SloStep& step : report.slo_steps) {
    if (step.percentile_ns == 0) continue;
    const auto ns = static_cast<double>(step.percentile_ns);
    low_ns = std::min(low_ns, ns), high_ns = std::max(high_ns, ns);
    low = std::min(low, step.rate), high = std::max(high, step.rate);
    chart.marks.push_back(
        {.style = std::string(step.outcome == StepOutcome::kMet      ? "met"
                              : step.outcome == StepOutcome::kMissed ? "missed"
                                                                     : "unknown") +
                  (step.is_long ? " long" : ""),
         .at = {step.rate, ns},
         .text = RateText(step.rate) + "/s" + (step.is_long ? ", long" : "") + ": " +
                 ReadableDuration(step.percentile_ns) + ", " + OutcomeText(step)});
  }
  chart.name = "Latency at each rate that was tried; the table below has its figures";
  chart.x = WideCountAxis(low, high, canvas.width_px / 90);
  chart.x.title = "messages/s";
  chart.y = DurationAxis(low_ns, high_ns);
  chart.y.title = Format("p%.6g", report.options.slo_percentile);
  if (report.options.slo_percentile == 100) chart.y.title = "slowest";
  chart.rules.push_back({limit_ns, "objective: " + ReadableDuration(report.options.slo_limit_ns)});
  if (report.slo_met_rate > 0 && report.slo_missed_rate > report.slo_met_rate) {
    chart.stretches.push_back({report.slo_met_rate, report.slo_missed_rate,
                               "between " + RateText(report.slo_met_rate) + "/s and " +
                                   RateText(report.slo_missed_rate) + "/s"});
  }
  return chart;
}

}  // namespace

std::string LatencyFigure(const Report& report, const Detail& detail) {
  if (report.latency.count() == 0) return "<p>No message was answered.</p>\n";
  Caption text{.title = "Latency by percentile", .legends = {}, .height_px = kPercentilesHeightPx};
  std::vector<PercentileSeries> series;
  if (HasNaive(report)) {
    text.legends = {{"latency", "from the intended send time"},
                    {"naive", "naive, which hides stalls"}};
    series.push_back({"naive", "naive", &report.naive_latency, nullptr});
  }
  series.push_back({"latency", "latency", &report.latency, &report.certainty});
  if (!report.certainty.intervals.empty()) {
    text.legends.push_back({"latency", "95 % interval", Legend::kWhisker});
  }
  return FigureMarkup(text, detail, [&](const Canvas& canvas) {
    return PercentileChart(series, canvas.columns / 2);
  });
}

std::string ThroughputFigure(const Report& report, const Detail& detail) {
  const Columns columns = ColumnsOf(report, detail.columns);
  if (columns.empty()) return "";
  Caption text{.title = "Messages per second", .legends = {}, .height_px = kTimeHeightPx};
  const auto failed = [](const Column& column) { return column.errors > 0; };
  if (std::ranges::any_of(columns, failed)) {
    text.legends = {{"rate", "messages"}, {"error", "errors", Legend::kMark}};
  }
  return FigureMarkup(text, detail, [&](const Canvas& canvas) {
    return RateChart({{"rate", "messages/s", ColumnsOf(report, canvas.columns)}}, canvas);
  });
}

std::string LatencyOverTimeFigure(const Report& report, const Detail& detail) {
  const auto told = [](const Column& column) { return column.latency.Tells(100); };
  if (std::ranges::none_of(ColumnsOf(report, detail.columns), told)) return "";
  return FigureMarkup({.title = "Latency over time",
                       .legends = {{"max", "max"}, {"latency", "p99"}, {"median", "p50"}},
                       .height_px = kTimeHeightPx},
                      detail, [&](const Canvas& canvas) {
                        const Columns columns = ColumnsOf(report, canvas.columns);
                        return LatencyChart({{"median", "p50", 50, columns},
                                             {"latency", "p99", 99, columns},
                                             {"max", "max", 100, columns}},
                                            canvas);
                      });
}

std::string HeatFigure(const Report& report, const Detail& detail) {
  const auto told = [](const Column& column) { return column.latency.count() > 0; };
  if (std::ranges::none_of(ColumnsOf(report, detail.columns), told)) return "";
  return FigureMarkup({.title = "All latencies over time",
                       .legends = {{"", "one message to many, log", Legend::kHeat}},
                       .height_px = kHeatHeightPx},
                      detail, [&](const Canvas& canvas) {
                        return HeatChart(ColumnsOf(report, canvas.heat_columns), canvas);
                      });
}

Table TimelineTable(const Report& report) {
  constexpr size_t kMostRows = 60;
  const double least_s = report.seconds >= 3 ? 1 : 0;
  Table table{.caption = "By the time of the answer",
              .header = {"Second", "Messages/s", "p50", "p99", "Max", "Errors"},
              .rows = {},
              .style = "numbers"};
  for (const Column& column : ColumnsOf(report, kMostRows, least_s)) {
    const auto latency = [&](double percent) {
      return ReadablePercentile(column.latency, percent);
    };
    table.rows.push_back({Format("%.6g–%.6g", column.begin_s, column.end_s),
                          GroupedText(static_cast<uint64_t>(column.Rate() + 0.5)), latency(50),
                          latency(99), latency(100), GroupedText(column.errors)});
  }
  return table;
}

std::string ObjectiveFigure(const Report& report, const Detail& detail) {
  const auto known = [](const SloStep& step) { return step.percentile_ns > 0; };
  if (std::ranges::none_of(report.slo_steps, known)) return "";
  return FigureMarkup({.title = "Latency at the rates that were tried",
                       .legends = {{"met", "met", Legend::kMark},
                                   {"missed", "missed", Legend::kMark},
                                   {"unknown", "not measured", Legend::kMark}},
                       .height_px = kObjectiveHeightPx},
                      detail, [&](const Canvas& canvas) { return ObjectiveChart(report, canvas); });
}

}  // namespace switchboard::load
