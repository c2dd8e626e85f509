#include "bench/load/compare/page.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "bench/load/base/units.h"
#include "bench/load/compare/report.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/show/page/chart.h"
#include "bench/load/show/page/configuration.h"
#include "bench/load/show/page/figure.h"
#include "bench/load/show/page/frame.h"
#include "bench/load/show/page/markup.h"

namespace switchboard::load {
namespace {

constexpr size_t kStyles = 8;  // that the style sheet has

std::string StyleOf(size_t index) { return "run" + std::to_string(index % kStyles + 1); }

// The targets side by side, each with its name below.
Axis TargetAxis(const Comparison& comparison) {
  Axis axis{.scale = Scale::kName, .title = "", .low = 0.5, .high = 0.5, .ticks = {}};
  for (const TargetResult& target : comparison.targets) {
    axis.ticks.push_back({axis.high + 0.5, target.spec.name});
    axis.high += 1;
  }
  return axis;
}

Chart RatioChart(const Comparison& comparison, const char* what) {
  Chart chart;
  chart.name = "Ratio to the first target, with its interval; the table has its figures";
  chart.x = TargetAxis(comparison);
  const TargetResult& first = comparison.targets.front();
  double highest = 1;
  for (size_t i = 0; i < comparison.targets.size(); ++i) {
    const TargetResult& target = comparison.targets[i];
    const std::optional<Ratio> ratio = RatioTo(first, target, Compared(comparison));
    if (!ratio) continue;
    const auto x = static_cast<double>(i + 1);
    const std::string interval =
        i == 0 ? "" : Format(" (%.2f to %.2f)", ratio->interval.low, ratio->interval.high);
    chart.marks.push_back({StyleOf(i),
                           {x, ratio->median},
                           target.spec.name + ": " + Format("%.2f", ratio->median) + interval});
    highest = std::max(highest, ratio->median);
    if (i == 0) continue;
    chart.whiskers.push_back({StyleOf(i), x, ratio->interval.low, ratio->interval.high});
    highest = std::max(highest, ratio->interval.high);
  }
  chart.y = CountAxis(highest, 5);
  chart.y.title = std::string(what) + " / " + first.spec.name;
  chart.rules.push_back({1, ""});
  return chart;
}

Axis RoundAxis(int rounds, int width_px) {
  Axis axis{.scale = Scale::kCount, .title = "round", .low = 1, .ticks = {}};
  axis.high = std::max(2, rounds);
  const int step = std::max(1, rounds * 60 / width_px);
  for (int round = 1; round <= rounds; round += step) {
    axis.ticks.push_back({static_cast<double>(round), std::to_string(round)});
  }
  return axis;
}

Chart RoundChart(const Comparison& comparison, Figure figure, int width_px) {
  const bool is_rate = figure == &Trial::messages_per_second;
  Chart chart;
  chart.name = "Each round's figure of each target";
  chart.x = RoundAxis(comparison.rounds, width_px);
  double low = INFINITY, high = 0;
  for (size_t i = 0; i < comparison.targets.size(); ++i) {
    const TargetResult& target = comparison.targets[i];
    Curve curve{.style = StyleOf(i), .name = target.spec.name, .lines = {{}}};
    curve.width = 1;
    for (size_t round = 0; round < target.trials.size(); ++round) {
      const std::optional<double> value = target.trials[round].*figure;
      if (!value || !(*value > 0)) {
        curve.lines.emplace_back();
        continue;
      }
      const Point at{static_cast<double>(round + 1), *value};
      curve.lines.back().push_back(at);
      low = std::min(low, *value), high = std::max(high, *value);
      const std::string text = is_rate ? GroupedText(static_cast<uint64_t>(*value + 0.5)) + "/s"
                                       : ReadableDuration(static_cast<int64_t>(*value));
      chart.marks.push_back(
          {StyleOf(i), at,
           target.spec.name + ", round " + std::to_string(round + 1) + ": " + text});
    }
    chart.curves.push_back(std::move(curve));
  }
  chart.y = is_rate ? CountAxis(high, 4) : DurationAxis(std::min(low, high), high);
  chart.y.title = is_rate ? "messages/s" : figure == &Trial::p50_ns ? "p50" : "p99";
  return chart;
}

bool AnyHas(const Comparison& comparison, Figure figure) {
  return std::ranges::any_of(comparison.targets, [&](const TargetResult& target) {
    return MedianOf(target, figure).value_or(0) > 0;
  });
}

std::string Figures(const Comparison& comparison, const Detail& detail) {
  std::vector<Legend> legends;
  for (size_t i = 0; i < comparison.targets.size(); ++i) {
    legends.push_back({StyleOf(i), comparison.targets[i].spec.name});
  }
  std::string out;
  if (AnyHas(comparison, Compared(comparison))) {
    const char* const what = comparison.load.IsOpenLoop() ? "p99" : "rate";
    out += FigureMarkup(
        {.title = "Ratio to the first, with its interval", .legends = {}, .height_px = 260}, detail,
        [&](const Canvas&) { return RatioChart(comparison, what); });
  }
  constexpr std::pair<Figure, const char*> kRounds[] = {
      {&Trial::messages_per_second, "Messages per second in each round"},
      {&Trial::p50_ns, "p50 in each round"},
      {&Trial::p99_ns, "p99 in each round"}};
  for (const auto& [figure, title] : kRounds) {
    if (!AnyHas(comparison, figure)) continue;
    const Figure each = figure;
    out += FigureMarkup(
        {.title = title, .legends = legends, .height_px = 230}, detail,
        [&, each](const Canvas& canvas) { return RoundChart(comparison, each, canvas.width_px); });
  }
  return out;
}

// Each line between the two tags.
std::string Lines(const std::string& text, const char* open, const char* close) {
  std::string out;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    out += open + Escaped(text.substr(begin, end - begin)) + close;
    begin = end + 1;
  }
  return out;
}

// The text's tables are ASCII.
std::string WithMicroSign(std::string cell) {
  if (cell.ends_with(" us")) cell.replace(cell.size() - 2, 2, "µs");
  return cell;
}

// A narrow column breaks the name of what it holds behind a slash, and nowhere in "95 %".
std::string Breakable(const std::string& title) {
  std::string out;
  for (size_t i = 0; i < title.size(); ++i) {
    const bool before_percent = title[i] == ' ' && title.substr(i, 2) == " %";
    out += before_percent ? "\u00a0" : title.substr(i, 1);
    if (title[i] == '/' && i + 2 < title.size()) out += "\u200b";
  }
  return out;
}

std::string VerdictBox(const Comparison& comparison) {
  bool valid = true;
  for (const TargetResult& target : comparison.targets) {
    valid &= std::ranges::all_of(target.trials,
                                 [](const Trial& trial) { return trial.verdict == kValid; });
  }
  return VerdictMarkup(valid ? "good" : "doubt", valid ? "✓" : "!",
                       valid ? "VALID" : "NOT ALL VALID",
                       std::string("<p>") +
                           (valid ? "Every round of every target may be believed."
                                  : "Rounds that may not be believed as they are:") +
                           "</p><ul>" + Lines(Doubts(comparison), "<li>", "</li>") + "</ul>");
}

std::string Page(const Comparison& comparison, const Detail& detail) {
  std::string names;
  for (const TargetResult& target : comparison.targets) {
    names += (names.empty() ? "" : ", ") + target.spec.name;
  }
  auto rows = TableRows(comparison);
  Table table{
      .caption = LoadOf(comparison), .header = rows.front(), .rows = {}, .style = "numbers"};
  table.rows.assign(rows.begin() + 1, rows.end());
  std::ranges::transform(table.header, table.header.begin(), Breakable);
  for (auto& row : table.rows) std::ranges::transform(row, row.begin(), WithMicroSign);
  Table targets{.caption = "What was compared", .header = {}, .rows = {}, .style = "pairs"};
  for (const TargetResult& target : comparison.targets) {
    const TargetSpec& spec = target.spec;
    targets.rows.push_back({spec.name, spec.command.empty() ? spec.address : spec.command});
  }
  const Machine& machine = comparison.machine;
  const Table where{
      .caption = "Where it ran", .header = {}, .rows = MachineRows(machine), .style = "pairs"};
  return BeginPage(comparison.title.empty() ? names : comparison.title) +
         PageHeader({.over = "Servers under the same load, in turn",
                     .title = comparison.title.empty() ? names : comparison.title,
                     .under = WhenAndWhere(machine),
                     .notes = comparison.notes}) +
         "<main>\n" + VerdictBox(comparison) + "<section>\n<h2>Medians of " +
         RoundsText(comparison.rounds) + "</h2>\n" + ToMarkup(table) +
         Lines(Notes(comparison), "<p>", "</p>\n") + "</section>\n<section>\n<h2>Rounds</h2>\n" +
         Figures(comparison, detail) +
         "</section>\n<section>\n<h2>Configuration</h2>\n<div class=\"columns\">" +
         ToMarkup(targets) + ToMarkup(where) + "</div>\n" + CommandBlock(comparison.command) +
         "</section>\n" + EndPage(machine.version);
}

}  // namespace

std::string ToHtml(const Comparison& comparison) {
  return WithinLimit([&](const Detail& detail) { return Page(comparison, detail); });
}

}  // namespace switchboard::load
