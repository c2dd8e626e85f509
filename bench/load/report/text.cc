#include <algorithm>

#include "bench/load/base/units.h"
#include "bench/load/report/differences.h"
#include "bench/load/report/overlay.h"

namespace switchboard::load {
namespace {

using Row = std::vector<std::string>;

// Columns that line up: names to the left, numbers to the right.
std::string Aligned(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - row[i].size(), ' ');
      out += i == 0 ? row[i] + space : "  " + space + row[i];
    }
    out += "\n";
  }
  return out;
}

std::string ValueText(const ComparedFigure& figure) {
  if (!figure.estimate) return "-";
  const double value = figure.estimate->value;
  return figure.is_duration ? DurationText(static_cast<int64_t>(value + 0.5))
                            : GroupedText(static_cast<uint64_t>(value + 0.5));
}

std::string RatioCell(const ComparedFigure& first, const ComparedFigure& other) {
  const std::optional<RatioEstimate> ratio = RatioOf(first, other);
  if (!ratio) return "-";
  const char* const mark = !ratio->interval ? "" : ratio->Differs() ? " *" : "  ";
  return RatioText(*ratio) + mark;
}

}  // namespace

std::string ToText(const Overlay& overlay) {
  std::string out = overlay.title.empty() ? "" : overlay.title + "\n\n";
  const std::vector<ComparedFigure> first = FiguresOf(overlay.runs.front().report);
  Row header{""};
  std::vector<Row> rows;
  for (const ComparedFigure& figure : first) rows.push_back({figure.name});
  for (const Part& run : overlay.runs) {
    const std::vector<ComparedFigure> figures = FiguresOf(run.report);
    const bool is_first = &run == &overlay.runs.front();
    header.push_back(run.name);
    if (!is_first) header.push_back("/ " + overlay.runs.front().name);
    for (size_t i = 0; i < figures.size(); ++i) {
      rows[i].push_back(ValueText(figures[i]));
      if (!is_first) rows[i].push_back(RatioCell(first[i], figures[i]));
    }
  }
  rows.insert(rows.begin(), header);
  out += Aligned(rows) +
         "\nratios with 95 % intervals from how each run moves within itself; * differs\n";
  for (const Part& run : overlay.runs) out += run.name + ": " + run.report.verdict + "\n";
  return out;
}

}  // namespace switchboard::load
