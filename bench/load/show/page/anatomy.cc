#include "bench/load/show/page/anatomy.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/load/base/units.h"
#include "bench/load/show/page/figure.h"
#include "bench/load/show/page/markup.h"

namespace switchboard::load {
namespace {

struct Piece {
  std::string name;
  double ns;
  const char* style;
  std::string meaning;
};

std::vector<Piece> PiecesOf(const Anatomy& anatomy) {
  constexpr const char* kStyles[] = {"run1", "run2", "run3", "run4"};
  std::vector<Piece> pieces;
  for (const AnatomyPart& part : kAnatomyParts) {
    pieces.push_back({part.key, anatomy.*part.ns, kStyles[pieces.size()], part.meaning});
  }
  if (!anatomy.write_known) {
    pieces.pop_back();
    pieces.back().name += " and write";
  }
  pieces.push_back({"rest", anatomy.RestNs(), "unknown", kAnatomyRest});
  return pieces;
}

std::string Rectangle(const char* style, double x, double width, int height) {
  return Format("<rect class=\"mark %s\" x=\"%.2f\" y=\"0\" width=\"%.2f\" height=\"%d\"/>", style,
                x, width, height);
}

std::string Bar(const std::vector<Piece>& pieces) {
  constexpr double kWidth = 1000;
  double sum = 0, x = 0;
  for (const Piece& piece : pieces) sum += std::max(piece.ns, 0.0);
  std::string bar, text;
  for (const Piece& piece : pieces) {
    const double width = sum > 0 ? kWidth * std::max(piece.ns, 0.0) / sum : 0;
    bar += Rectangle(piece.style, x, width, 44);
    text += (text.empty() ? "" : ", ") + piece.name +
            Format(" %.3g %%", sum > 0 ? 100 * std::max(piece.ns, 0.0) / sum : 0);
    x += width;
  }
  return "<div><svg viewBox=\"0 0 1000 44\" role=\"img\" aria-label=\"" + Escaped(text) + "\">" +
         bar + "</svg></div>\n";
}

std::string Legends(const std::vector<Piece>& pieces) {
  std::string out = "<p class=\"legend\">";
  for (const Piece& piece : pieces) {
    out += "<span><svg class=\"key\" viewBox=\"0 0 26 8\" aria-hidden=\"true\">" +
           Rectangle(piece.style, 0, 26, 8) + "</svg>" + Escaped(piece.name) + "</span>";
  }
  return out + "</p>\n";
}

}  // namespace

std::string AnatomySection(const Report& report) {
  if (!report.anatomy || !report.verification.Passed()) return "";
  const Anatomy& anatomy = *report.anatomy;
  const std::vector<Piece> pieces = PiecesOf(anatomy);
  const auto text = [](double ns) {
    return (ns < 0 ? "-" : "") + ReadableDuration(std::llround(std::abs(ns)));
  };
  Table table{.caption = "Means over " + GroupedText(anatomy.reads) + " reads of the server",
              .header = {"", "Time", "Part", "What happens"},
              .rows = {},
              .style = "numbers"};
  for (const Piece& piece : pieces) {
    table.rows.push_back({piece.name, text(piece.ns),
                          Format("%.3g %%", 100 * piece.ns / anatomy.round_trip_ns),
                          piece.meaning});
  }
  return "<section>\n<h2>Anatomy</h2>\n<figure>\n<h3>Where a round trip of " +
         text(anatomy.round_trip_ns) + " went, in the mean</h3>\n" + Legends(pieces) + Bar(pieces) +
         "</figure>\n" + ToMarkup(table) + "</section>\n";
}

}  // namespace switchboard::load
