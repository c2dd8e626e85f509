#include "bench/load/show/page/svg.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

#include "bench/load/show/page/markup.h"

namespace switchboard::load {
namespace {

constexpr double kLeastLeft = 60;    // so that charts under each other line up
constexpr double kLabelWidth = 7.5;  // of a character of a tick's label, in CSS pixels
constexpr double kCap = 4;           // of a whisker, to either side

__attribute__((format(printf, 2, 3))) void Print(std::string& out, const char* format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  out += text;
}

// The rectangle that the curves are in, in CSS pixels.
struct Frame {
  double left, top, right, bottom;
  double X(const Axis& axis, double value) const {
    return left + axis.Place(value) * (right - left);
  }
  double Y(const Axis& axis, double value) const {
    return bottom - axis.Place(value) * (bottom - top);
  }
};

double LabelWidth(const Axis& axis) {
  size_t longest = 0;
  for (const Tick& tick : axis.ticks) {
    const auto is_character = [](char c) { return (c & 0xC0) != 0x80; };
    const auto characters = std::count_if(tick.label.begin(), tick.label.end(), is_character);
    longest = std::max(longest, static_cast<size_t>(characters));
  }
  return static_cast<double>(longest) * kLabelWidth;
}

void DrawText(std::string& out, double x, double y, const char* anchor, const std::string& text) {
  Print(out, "<text class=\"label\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
  out += Escaped(text) + "</text>\n";
}

void DrawGrid(std::string& out, const Chart& chart, const Frame& frame) {
  for (const Tick& tick : chart.y.ticks) {
    const double y = frame.Y(chart.y, tick.at);
    Print(out, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>", frame.left, y, frame.right);
    DrawText(out, frame.left - 8, y + 4, "end", tick.label);
  }
  DrawText(out, 0, 12, "start", chart.y.FullTitle());
}

void DrawXAxis(std::string& out, const Chart& chart, const Frame& frame) {
  for (const Tick& tick : chart.x.ticks) {
    const double x = frame.X(chart.x, tick.at);
    Print(out, "<path class=\"axis\" d=\"M%.1f %.1fv5\"/>", x, frame.bottom);
    DrawText(out, x, frame.bottom + 19, "middle", tick.label);
  }
  Print(out, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>\n", frame.left, frame.bottom,
        frame.right);
  DrawText(out, (frame.left + frame.right) / 2, frame.bottom + 38, "middle", chart.x.FullTitle());
}

void DrawCurve(std::string& out, const Chart& chart, const Curve& curve, const Frame& frame) {
  std::string outline, area;
  for (const auto& line : curve.lines) {
    if (line.empty()) continue;
    std::string path;
    char command = 'M';
    double y_before = 0;
    for (const Point& point : line) {
      const double x = frame.X(chart.x, point.x), y = frame.Y(chart.y, point.y);
      if (curve.stepped && command == 'L') Print(path, "H%.1f", x);
      if (!curve.stepped || command == 'M' || y != y_before) {
        if (curve.stepped && command == 'L') {
          Print(path, "V%.1f", y);
        } else {
          Print(path, "%c%.1f %.1f", command, x, y);
        }
      }
      command = 'L';
      y_before = y;
    }
    if (curve.stepped) Print(path, "H%.1f", frame.X(chart.x, line.back().x + curve.width));
    outline += path;
    area += path;
    Print(area, "V%.1fH%.1fZ", frame.bottom, frame.X(chart.x, line.front().x));
  }
  if (outline.empty()) return;
  const std::string style = Escaped(curve.style);
  if (curve.filled) out += "<path class=\"area " + style + "\" d=\"" + area + "\"/>\n";
  out += "<path class=\"curve " + style + "\" d=\"" + outline + "\"/>\n";
}

void DrawMark(std::string& out, const Chart& chart, const Mark& mark, const Frame& frame) {
  out += "<circle class=\"mark " + Escaped(mark.style) + "\"";
  Print(out, " cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\">", frame.X(chart.x, mark.at.x),
        frame.Y(chart.y, mark.at.y));
  out += "<title>" + Escaped(mark.text) + "</title></circle>\n";
}

// An end that is not known has no cap.
void DrawWhisker(std::string& out, const Chart& chart, const Whisker& whisker, const Frame& frame) {
  const double x = frame.X(chart.x, whisker.x);
  const double top = frame.Y(chart.y, whisker.high), bottom = frame.Y(chart.y, whisker.low);
  out += "<path class=\"whisker " + Escaped(whisker.style) + "\"";
  Print(out, " d=\"M%.1f %.1fV%.1f", x, top, bottom);
  if (std::isfinite(whisker.high)) Print(out, "M%.1f %.1fh%.1f", x - kCap, top, 2 * kCap);
  if (whisker.low > 0) Print(out, "M%.1f %.1fh%.1f", x - kCap, bottom, 2 * kCap);
  out += "\"/>\n";
}

void DrawRule(std::string& out, const Chart& chart, const Rule& rule, const Frame& frame) {
  const double y = frame.Y(chart.y, rule.y);
  Print(out, "<path class=\"rule\" d=\"M%.1f %.1fH%.1f\"/>", frame.left, y, frame.right);
  DrawText(out, frame.left + 6, y - 5, "start", rule.text);
}

void DrawStretch(std::string& out, const Chart& chart, const Stretch& stretch, const Frame& frame) {
  const double left = frame.X(chart.x, stretch.low), right = frame.X(chart.x, stretch.high);
  Print(out, "<path class=\"stretch\" d=\"M%.1f %.1fH%.1fV%.1fH%.1fZ\">", left, frame.top, right,
        frame.bottom, left);
  out += "<title>" + Escaped(stretch.text) + "</title></path>\n";
}

// In whole columns and rows, which are scaled to the frame; neighbours of one level are one line.
void DrawHeat(std::string& out, const Chart& chart, const Heat& heat, const Frame& frame) {
  std::string levels[Heat::kLevels + 1];
  for (size_t i = 0; i < heat.cells.size();) {
    const Heat::Cell& first = heat.cells[i];
    const int level = heat.Level(first.count);
    size_t length = 0;
    for (; i < heat.cells.size(); ++i, ++length) {
      const Heat::Cell& cell = heat.cells[i];
      if (cell.row != first.row || cell.column != first.column + length) break;
      if (heat.Level(cell.count) != level) break;
    }
    Print(levels[level], "M%zu %zuh%zu", first.column, first.row, length);
  }
  const double top = frame.Y(chart.y, heat.edges.back());
  const double bottom = frame.Y(chart.y, heat.edges.front());
  const auto rows = static_cast<double>(heat.edges.size() - 1);
  const double left = frame.X(chart.x, heat.begin_x);
  const double column =
      (frame.right - frame.left) * heat.column_width / (chart.x.high - chart.x.low);
  const double row = (bottom - top) / rows;
  Print(out, "<g class=\"heat\" transform=\"matrix(%.4f 0 0 %.4f %.1f %.1f)\">", column, -row, left,
        bottom - row / 2);
  for (int level = 1; level <= Heat::kLevels; ++level) {
    if (levels[level].empty()) continue;
    Print(out, "<path class=\"h%d\" d=\"", level);
    out += levels[level] + "\"/>\n";
  }
  out += "</g>\n";
}

}  // namespace

std::string ToSvg(const Chart& chart, int width, int height) {
  // The last label of the x axis is centred under the end, and needs room to the right.
  const double half_label = LabelWidth(chart.x) / 2 + 2;
  const Frame frame{.left = std::max(kLeastLeft, LabelWidth(chart.y) + 12),
                    .top = 26,
                    .right = width - half_label,
                    .bottom = height - 44.0};
  std::string out;
  Print(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", width, height);
  out += Escaped(chart.name) + "\">\n";
  DrawGrid(out, chart, frame);
  for (const Stretch& each : chart.stretches) DrawStretch(out, chart, each, frame);
  for (const Heat& each : chart.heat) DrawHeat(out, chart, each, frame);
  for (const Rule& each : chart.rules) DrawRule(out, chart, each, frame);
  for (const Curve& each : chart.curves) DrawCurve(out, chart, each, frame);
  for (const Whisker& each : chart.whiskers) DrawWhisker(out, chart, each, frame);
  for (const Mark& each : chart.marks) DrawMark(out, chart, each, frame);
  DrawXAxis(out, chart, frame);
  return out + "</svg>\n";
}

}  // namespace switchboard::load
