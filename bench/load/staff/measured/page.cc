#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

#include "bench/load/base/units.h"
#include "bench/load/show/page/chart.h"
#include "bench/load/show/page/configuration.h"
#include "bench/load/show/page/figure.h"
#include "bench/load/show/page/frame.h"
#include "bench/load/show/page/markup.h"
#include "bench/load/staff/columns.h"
#include "bench/load/staff/measured/show.h"

namespace switchboard::load {
namespace {

constexpr int kPoints = 120;         // of a predicted curve
constexpr double kMostBusy = 0.995;  // up to which it is drawn
constexpr const char* kPredicted = "run1";
constexpr const char* kMeasured = "run2";

std::string Seconds(double seconds) {
  return seconds < 10e-9 ? SecondsText(seconds) : ReadableDuration(std::llround(seconds * 1e9));
}
std::string Rate(const MeasuredRate& each) { return RateText(each.result.observed.rate) + "/s"; }

// What all rates have in common, which is what curves between them are made of.
Demand CommonDemand(const Measurement& measurement) {
  Demand common{.rate = 0, .service_s = 0, .cv = 0};
  double turns = 0;
  for (const MeasuredRate& each : measurement.rates)
    turns += static_cast<double>(each.result.turns);
  for (const MeasuredRate& each : measurement.rates) {
    const double part = static_cast<double>(each.result.turns) / turns;
    common.service_s += part * each.result.demand.service_s;
    common.cv += part * each.result.demand.cv;
  }
  return common;
}

int64_t WorkersOf(const Measurement& measurement) {
  return measurement.rates.front().result.observed.workers;
}

double HighestRate(const Measurement& measurement) {
  return std::ranges::max(measurement.options.rates);
}

// One figure over the rates: how it is predicted, and where it was measured.
struct Series {
  std::string name;
  std::string predicted, measured;  // styles
  double (*predict)(const Waiting& waiting);
  double over_s;  // that p_wait_over_limit is of
  const ModelFigure* (*figure)(const RateResult& result, size_t index);
  size_t index;
  std::string (*text)(double value);
  double unit;  // of the axis, in what the figure is in
};

Curve PredictedCurve(const Measurement& measurement, const Series& series) {
  Demand demand = CommonDemand(measurement);
  demand.limit_s = series.over_s;
  const int64_t workers = WorkersOf(measurement);
  const double most = kMostBusy * static_cast<double>(workers) / demand.service_s;
  const double high = std::min(most, 1.05 * HighestRate(measurement));
  Curve curve{.style = series.predicted, .name = series.name, .lines = {{}}};
  for (int i = 1; i <= kPoints; ++i) {
    demand.rate = high * i / kPoints;
    curve.lines.back().push_back(
        {demand.rate, series.unit * series.predict(PredictWaiting(demand, workers))});
  }
  return curve;
}

void AddMeasured(const Measurement& measurement, const Series& series, Chart& chart) {
  for (const MeasuredRate& each : measurement.rates) {
    const ModelFigure& figure = *series.figure(each.result, series.index);
    // Of what cannot be served a part came to the workers, and more of it never will: it stands at
    // the rate asked for, beyond the end of what is predicted.
    const double rate = each.result.ends ? each.result.demand.rate : each.result.observed.rate;
    const double value = figure.measured.value;
    std::string text = series.name + " at " + Rate(each) + ": " + series.text(value);
    if (figure.measured.margin) {
      const double low = std::max(0.0, value - *figure.measured.margin);
      const double high = value + *figure.measured.margin;
      text += " (" + series.text(low) + " to " + series.text(high) + ")";
      chart.whiskers.push_back({series.measured, rate, series.unit * low, series.unit * high});
    }
    text += each.result.ends ? ", predicted " + series.text(figure.predicted)
                             : ", and the queue grows without end";
    chart.marks.push_back({series.measured, {rate, series.unit * value}, text});
  }
}

Chart ChartOf(const Measurement& measurement, const char* name, const std::vector<Series>& all,
              int width_px) {
  Chart chart;
  chart.name = name;
  chart.x = CountAxis(1.05 * HighestRate(measurement), std::max(3, width_px / 140));
  chart.x.title = "messages per second";
  for (const Series& series : all) {
    chart.curves.push_back(PredictedCurve(measurement, series));
    AddMeasured(measurement, series, chart);
  }
  return chart;
}

Chart WaitChart(const Measurement& measurement, int width_px) {
  const Series wait{.name = "mean wait",
                    .predicted = kPredicted,
                    .measured = kMeasured,
                    .predict = [](const Waiting& waiting) { return waiting.mean_wait_s; },
                    .over_s = 0,
                    .figure = [](const RateResult& result, size_t) { return &result.mean_wait_s; },
                    .index = 0,
                    .text = Seconds,
                    .unit = 1e9};
  Chart chart = ChartOf(measurement, "Mean wait by the rate of messages, predicted and measured",
                        {wait}, width_px);
  double low = INFINITY, high = 0;
  for (const Mark& mark : chart.marks) {
    low = std::min(low, mark.at.y), high = std::max(high, mark.at.y);
  }
  for (const Whisker& whisker : chart.whiskers) high = std::max(high, whisker.high);
  chart.y = DurationAxis(low / 2, high);
  chart.y.title = "mean wait";
  // With hardly any callers the prediction is as good as nothing, or beyond all that was measured
  // with very many.
  std::vector<Point>& line = chart.curves.front().lines.front();
  std::erase_if(line, [&](const Point& each) {
    return each.y < chart.y.low || each.y > std::max(chart.y.high, high);
  });
  return chart;
}

std::vector<Series> LongWaits(const Measurement& measurement) {
  const auto predict = [](const Waiting& waiting) { return waiting.p_wait_over_limit; };
  std::vector<Series> all = {{"P(wait)", "run1", "run1", predict, kHandOverS,
                              [](const RateResult& result, size_t) { return &result.p_wait; }, 0,
                              RoundPercentText, 1}};
  const double service_s = CommonDemand(measurement).service_s;
  const std::vector<LongWait>& waits = measurement.rates.front().result.long_waits;
  for (size_t i = 0; i < waits.size(); ++i) {
    const std::string style = "run" + std::to_string(i + 2);
    const double over_s = waits[i].services > 0 ? waits[i].services * service_s : waits[i].over_s;
    all.push_back(
        {NameOf(waits[i]), style, style, predict, over_s,
         [](const RateResult& result, size_t index) { return &result.long_waits[index].p; }, i,
         RoundPercentText, 1});
  }
  return all;
}

Chart LongWaitChart(const Measurement& measurement, int width_px) {
  Chart chart = ChartOf(measurement, "Parts of the messages that wait, predicted and measured",
                        LongWaits(measurement), width_px);
  chart.y = CountAxis(1, 5);
  chart.y.title = "part of all messages";
  return chart;
}

Chart BusyChart(const Measurement& measurement, int width_px) {
  const Series busy{.name = "busy",
                    .predicted = kPredicted,
                    .measured = kMeasured,
                    .predict = [](const Waiting& waiting) { return waiting.utilisation; },
                    .over_s = 0,
                    .figure = [](const RateResult& result, size_t) { return &result.utilisation; },
                    .index = 0,
                    .text = RoundPercentText,
                    .unit = 1};
  Chart chart =
      ChartOf(measurement, "How busy the workers are, predicted and measured", {busy}, width_px);
  chart.y = CountAxis(1, 5);
  chart.y.title = "part of the time";
  return chart;
}

std::string Charts(const Measurement& measurement, const Detail& detail) {
  const std::vector<Legend> both = {{kPredicted, "predicted"},
                                    {kMeasured, "measured, 95 % interval", Legend::kWhisker}};
  std::vector<Legend> waits;
  for (const Series& each : LongWaits(measurement)) waits.push_back({each.predicted, each.name});
  waits.push_back({"each", "measured, 95 % interval, each in its colour", Legend::kWhisker});
  return FigureMarkup({.title = "Mean wait", .legends = both, .height_px = 300}, detail,
                      [&](const Canvas& on) { return WaitChart(measurement, on.width_px); }) +
         FigureMarkup({.title = "Who waits, and for how long", .legends = waits, .height_px = 300},
                      detail,
                      [&](const Canvas& on) { return LongWaitChart(measurement, on.width_px); }) +
         FigureMarkup({.title = "Workers busy", .legends = both, .height_px = 230}, detail,
                      [&](const Canvas& on) { return BusyChart(measurement, on.width_px); });
}

std::string MeasuredCell(const ModelFigure& figure, std::string (*text)(double)) {
  const MeasuredValue& measured = figure.measured;
  return text(measured.value) + (measured.margin ? " ± " + text(*measured.margin) : "");
}

struct Column {
  std::string name;
  std::function<const ModelFigure&(const RateResult& result)> figure;
  std::string (*text)(double value);
};

// Two rows for each rate.
Table BesideTable(const Measurement& measurement, const std::string& caption,
                  const std::vector<Column>& columns) {
  Table table{.caption = caption, .header = {""}, .rows = {}, .style = "numbers"};
  for (const Column& column : columns) table.header.push_back(column.name);
  for (const MeasuredRate& each : measurement.rates) {
    std::vector<std::string> predicted = {Rate(each) + " predicted"},
                             measured = {each.cut_off ? "measured, cut off" : "measured"};
    for (const Column& column : columns) {
      const ModelFigure& figure = column.figure(each.result);
      predicted.push_back(each.result.ends ? column.text(figure.predicted) : "–");
      measured.push_back(MeasuredCell(figure, column.text));
    }
    table.rows.push_back(std::move(predicted));
    table.rows.push_back(std::move(measured));
  }
  return table;
}

std::string FigureTables(const Measurement& measurement) {
  const std::vector<Column> figures = {{"busy", &RateResult::utilisation, RoundPercentText},
                                       {"mean wait", &RateResult::mean_wait_s, Seconds},
                                       {"P(wait)", &RateResult::p_wait, RoundPercentText}};
  std::vector<Column> waits;
  const std::vector<LongWait>& all = measurement.rates.front().result.long_waits;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto figure = [i](const RateResult& result) -> const ModelFigure& {
      return result.long_waits[i].p;
    };
    waits.push_back({NameOf(all[i]), figure, RoundPercentText});
  }
  return ToMarkup(BesideTable(measurement, ServiceText(measurement), figures)) +
         ToMarkup(BesideTable(measurement, "Long waits", waits));
}

std::string TitleOf(const Measurement& measurement) {
  if (!measurement.options.title.empty()) return measurement.options.title;
  const std::vector<double>& rates = measurement.options.rates;
  const auto workers = static_cast<uint64_t>(WorkersOf(measurement));
  return GroupedText(workers) + (workers == 1 ? " worker at " : " workers at ") +
         (rates.size() > 1 ? RateText(rates.front()) + " to " : "") + RateText(rates.back()) +
         " messages a second";
}

Table StaffingTable(const Measurement& measurement) {
  const std::string limit = Seconds(measurement.options.limit_s);
  Table table{
      .caption = "→ is the fewest with whom " + GoalText(measurement.options) +
                 ", by the service that was measured",
      .header = {"rate", "", "workers", "busy", "P(wait)", "mean wait", "P(wait > " + limit + ")"},
      .rows = {},
      .style = "numbers"};
  for (const MeasuredRate& each : measurement.rates) {
    for (const StaffedWaiting& row : each.needed.around) {
      const bool chosen = row.workers == each.needed.chosen.workers;
      const Waiting& waiting = row.waiting;
      std::vector<std::string> cells = {Rate(each), chosen ? "→" : "",
                                        GroupedText(static_cast<uint64_t>(row.workers))};
      const std::vector<std::string> figures =
          waiting.ends ? std::vector<std::string>{RoundPercentText(waiting.utilisation),
                                                  RoundPercentText(waiting.p_wait),
                                                  Seconds(waiting.mean_wait_s),
                                                  RoundPercentText(waiting.p_wait_over_limit)}
                       : std::vector<std::string>{"always", "always", "without end", "always"};
      cells.insert(cells.end(), figures.begin(), figures.end());
      table.rows.push_back(std::move(cells));
    }
  }
  return table;
}

std::string VerdictBox(const Measurement& measurement) {
  const bool holds = measurement.Verdict().Holds();
  std::string reasons;
  for (const MeasuredRate& each : measurement.rates) {
    if (each.verdict.Holds()) continue;
    reasons += "<li>" +
               Escaped(Rate(each) + ": " + each.verdict.name + ": " + each.verdict.reason) +
               "</li>";
  }
  return VerdictMarkup(holds ? "good" : "doubt", holds ? "✓" : "!", VerdictText(measurement),
                       "<ul>" + reasons + "</ul>");
}

Table WhereTable(const Measurement& measurement) {
  const Observed& seen = measurement.rates.front().result.observed;
  Table table{.caption = "What was measured, and where",
              .header = {},
              .rows = {{"Server", measurement.options.Server()},
                       {"Workers", GroupedText(static_cast<uint64_t>(seen.workers))},
                       {"Connections", GroupedText(static_cast<uint64_t>(seen.connections))}},
              .style = "pairs"};
  std::ranges::move(MachineRows(measurement.machine), std::back_inserter(table.rows));
  return table;
}

std::string Page(const Measurement& measurement, const Detail& detail) {
  const MeasuredOptions& options = measurement.options;
  const Machine& machine = measurement.machine;
  const std::string title = TitleOf(measurement);
  return BeginPage(title) +
         PageHeader({.over = "How many employees? Predicted beside measured",
                     .title = title,
                     .under = WhenAndWhere(machine),
                     .notes = options.notes}) +
         "<main>\n" + VerdictBox(measurement) + WarningsMarkup(measurement.warnings) +
         "<section>\n<h2>Waiting</h2>\n" + Charts(measurement, detail) + FigureTables(measurement) +
         "<p>Erlang C, by Allen-Cunneen with the measured coefficient of variation, from the rate "
         "and the mean service that were measured; the curves are of the mean of all rates. "
         "P(wait) is of waits of more than 0.2 ms: what is shorter is hand-over, and not "
         "compared.</p></section>\n"
         "<section>\n<h2>Staffing</h2>\n" +
         ToMarkup(StaffingTable(measurement)) + "</section>\n<section>\n<h2>Configuration</h2>\n" +
         ToMarkup(WhereTable(measurement)) + CommandBlock(options.as_typed) + "</section>\n" +
         EndPage(machine.version);
}

}  // namespace

std::string ToHtml(const Measurement& measurement) {
  return WithinLimit([&](const Detail& detail) { return Page(measurement, detail); });
}

}  // namespace switchboard::load
