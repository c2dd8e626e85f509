#include <algorithm>
#include <functional>

#include "bench/load/base/units.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/report/differences.h"
#include "bench/load/report/overlay.h"
#include "bench/load/show/page/columns.h"
#include "bench/load/show/page/configuration.h"
#include "bench/load/show/page/figure.h"
#include "bench/load/show/page/frame.h"
#include "bench/load/show/page/markup.h"
#include "bench/load/show/page/over_time.h"
#include "bench/load/show/page/percentiles.h"

namespace switchboard::load {
namespace {

std::string StyleOf(size_t index) { return "run" + std::to_string(index + 1); }

// A run whose echo was wrong has no figures, and no curve.
bool HasFigures(const Report& report) {
  return report.verification.Passed() && report.latency.count() > 0;
}

std::vector<Legend> Legends(const Overlay& overlay) {
  std::vector<Legend> legends;
  for (size_t i = 0; i < overlay.runs.size(); ++i) {
    if (HasFigures(overlay.runs[i].report)) legends.push_back({StyleOf(i), overlay.runs[i].name});
  }
  return legends;
}

std::string VerdictBox(const Overlay& overlay) {
  std::string reasons;
  bool bad = false;
  for (const Part& run : overlay.runs) {
    if (run.report.verdict == kValid) continue;
    bad |= run.report.verdict == kVerificationFailed;
    reasons += "<li><b>" + Escaped(run.name) + "</b>: " + Escaped(run.report.verdict);
    for (const std::string& each : run.report.reasons) reasons += "; " + Escaped(each);
    reasons += "</li>";
  }
  if (reasons.empty()) {
    return VerdictMarkup("good", "✓", "VALID", "<p>The figures of all runs may be believed.</p>");
  }
  return VerdictMarkup(bad ? "bad" : "doubt", "!", "NOT ALL VALID",
                       "<p>What differs may come from these:</p><ul>" + reasons + "</ul>");
}

std::string ValueText(const ComparedFigure& figure) {
  if (!figure.estimate) return "–";
  const double value = figure.estimate->value;
  return figure.is_duration ? ReadableDuration(static_cast<int64_t>(value + 0.5))
                            : GroupedText(static_cast<uint64_t>(value + 0.5));
}

std::string RatioCell(const ComparedFigure& first, const ComparedFigure& other) {
  const std::optional<RatioEstimate> ratio = RatioOf(first, other);
  if (!ratio) return "–";
  return "× " + RatioText(*ratio) + (ratio->Differs() ? " ▪" : "");
}

Table DifferenceTable(const Overlay& overlay) {
  const std::vector<ComparedFigure> first = FiguresOf(overlay.runs.front().report);
  Table table{.caption = "× is the ratio to the first run's, with its 95 % interval; ▪ differs",
              .header = {""},
              .rows = {},
              .style = "numbers"};
  for (const ComparedFigure& figure : first) table.rows.push_back({figure.name});
  for (const Part& run : overlay.runs) {
    const bool is_first = &run == &overlay.runs.front();
    const std::vector<ComparedFigure> figures = FiguresOf(run.report);
    table.header.push_back(run.name);
    if (!is_first) table.header.push_back("ratio");
    for (size_t i = 0; i < figures.size(); ++i) {
      table.rows[i].push_back(ValueText(figures[i]));
      if (!is_first) table.rows[i].push_back(RatioCell(first[i], figures[i]));
    }
  }
  return table;
}

// The same rows of each run beside each other.
Table Beside(const Overlay& overlay, Table (*table_of)(const Report&)) {
  Table all = table_of(overlay.runs.front().report);
  all.style = "";
  all.header = {""};
  for (auto& row : all.rows) row.resize(1);
  for (const Part& run : overlay.runs) {
    const Table table = table_of(run.report);
    all.header.push_back(run.name);
    for (auto& row : all.rows) {
      const auto same =
          std::ranges::find(table.rows, row[0], [](const auto& each) { return each[0]; });
      row.push_back(same == table.rows.end() ? "–" : (*same)[1]);
    }
  }
  return all;
}

std::string PercentilesFigure(const Overlay& overlay, const Detail& detail) {
  std::vector<PercentileSeries> series;
  for (size_t i = 0; i < overlay.runs.size(); ++i) {
    const Part& run = overlay.runs[i];
    if (!HasFigures(run.report)) continue;
    series.push_back({StyleOf(i), run.name, &run.report.latency, &run.report.certainty});
  }
  Caption caption{.title = "Latency by percentile", .legends = Legends(overlay), .height_px = 330};
  caption.legends.push_back({"run1", "95 % interval", Legend::kWhisker});
  return FigureMarkup(caption, detail, [&](const Canvas& canvas) {
    return PercentileChart(series, canvas.columns / 2);
  });
}

// `columns` of each run are as many as make one chart of them all.
std::string RateFigure(const Overlay& overlay, const Detail& detail) {
  return FigureMarkup(
      {.title = "Messages per second", .legends = Legends(overlay)}, detail,
      [&](const Canvas& canvas) {
        std::vector<RateSeries> series;
        for (size_t i = 0; i < overlay.runs.size(); ++i) {
          const Part& run = overlay.runs[i];
          if (!HasFigures(run.report)) continue;
          series.push_back({StyleOf(i), run.name, ColumnsOf(run.report, canvas.columns)});
        }
        return RateChart(series, canvas);
      });
}

std::string LatencyFigure(const Overlay& overlay, const Detail& detail, const char* title,
                          double percent) {
  return FigureMarkup(
      {.title = title, .legends = Legends(overlay)}, detail, [&](const Canvas& canvas) {
        std::vector<LatencySeries> series;
        for (size_t i = 0; i < overlay.runs.size(); ++i) {
          const Part& run = overlay.runs[i];
          if (!HasFigures(run.report)) continue;
          series.push_back({StyleOf(i), run.name, percent, ColumnsOf(run.report, canvas.columns)});
        }
        return LatencyChart(series, canvas);
      });
}

std::string Charts(const Overlay& overlay, const Detail& detail) {
  const auto any = [](const Part& run) { return HasFigures(run.report); };
  if (std::ranges::none_of(overlay.runs, any)) return "";
  return "<section>\n<h2>Latency</h2>\n" + PercentilesFigure(overlay, detail) +
         "</section>\n<section>\n<h2>Over time</h2>\n" + RateFigure(overlay, detail) +
         LatencyFigure(overlay, detail, "p99 over time", 99) +
         LatencyFigure(overlay, detail, "Maximum over time", 100) + "</section>\n";
}

std::string Header(const Overlay& overlay) {
  std::string names;
  for (const Part& run : overlay.runs) names += (names.empty() ? "" : ", ") + run.name;
  std::vector<std::string> notes = overlay.notes;
  for (const Part& run : overlay.runs) {
    for (const std::string& note : run.report.notes) notes.push_back(run.name + ": " + note);
  }
  return PageHeader({.over = "Runs over each other",
                     .title = overlay.title.empty() ? names : overlay.title,
                     .under = overlay.title.empty() ? "" : names,
                     .notes = notes});
}

std::string Page(const Overlay& overlay, const Detail& detail) {
  std::string commands;
  for (const Part& run : overlay.runs) {
    if (run.report.command.empty()) continue;
    commands += (commands.empty() ? "" : "\n") + run.report.command;
  }
  const std::string title = overlay.title.empty() ? "Runs compared" : overlay.title;
  return BeginPage(title) + Header(overlay) + "<main>\n" + VerdictBox(overlay) +
         "<section>\n<h2>Differences</h2>\n" + ToMarkup(DifferenceTable(overlay)) +
         "<p>The intervals come from how each run moves within itself. What differs between two "
         "runs beside what was to be compared, such as the neighbours on a shared machine, they do "
         "not know: compare with several runs of each.</p></section>\n" +
         Charts(overlay, detail) + "<section>\n<h2>Configuration</h2>\n" +
         ToMarkup(Beside(overlay, ConfigurationTable)) + ToMarkup(Beside(overlay, MachineTable)) +
         CommandBlock(commands) + "</section>\n" +
         EndPage(overlay.runs.front().report.machine.version);
}

}  // namespace

std::string ToHtml(const Overlay& overlay) {
  return WithinLimit([&](const Detail& detail) { return Page(overlay, detail); });
}

}  // namespace switchboard::load
