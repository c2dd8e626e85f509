#include "bench/load/show/chart.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

#include "bench/load/show/markup.h"

namespace switchboard::load {
namespace {

constexpr double kLogarithmicFrom = 20;  // the ratio of largest to smallest
constexpr int kMostDecadesOfThree = 3;   // up to there, 2 and 5 get ticks beside 1
constexpr double kMargin = 1.25;         // of a logarithmic axis, beyond its values
constexpr double kLeastLeft = 60;        // so that charts under each other line up
constexpr double kLabelWidth = 7.5;      // of a character of a tick's label, in CSS pixels

__attribute__((format(printf, 2, 3))) void Print(std::string& out, const char* format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  out += text;
}

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

// "1.5 ms": as short as the number allows.
std::string TickDuration(double ns) {
  if (ns >= 1e9) return Number(ns / 1e9) + " s";
  if (ns >= 1e6) return Number(ns / 1e6) + " ms";
  if (ns >= 1e3) return Number(ns / 1e3) + " µs";
  return ns == 0 ? "0" : Number(ns) + " ns";
}

std::string TickCount(double count) {
  if (count >= 1e9) return Number(count / 1e9) + "G";
  if (count >= 1e6) return Number(count / 1e6) + "M";
  if (count >= 1e3) return Number(count / 1e3) + "k";
  return Number(count);
}

// 1, 2 or 5 times a power of ten, so that about `ticks` steps make `range`.
double RoundStep(double range, int ticks) {
  const double rough = range / ticks;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * 0.999) return factor * power;
  }
  return 10 * power;
}

// From 0 to the first tick that is not below `high`.
template <typename Label>
Axis FromZero(double high, int ticks, Label label) {
  if (!(high > 0)) high = 1;
  const double step = RoundStep(high, ticks);
  Axis axis;
  const int steps = static_cast<int>(std::ceil(high / step * 0.9999));
  for (int i = 0; i <= steps; ++i) axis.ticks.push_back({i * step, label(i * step)});
  axis.high = steps * step;
  return axis;
}

Axis Logarithmic(double low, double high) {
  Axis axis;
  axis.logarithmic = true;
  const bool fine = high / low < std::pow(10, kMostDecadesOfThree);
  std::vector<double> candidates;
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high * 10; power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor == 1 || fine) candidates.push_back(factor * power);
    }
  }
  axis.low = low / kMargin;
  axis.high = high * kMargin;
  for (const double candidate : candidates) {
    if (candidate < axis.low || candidate > axis.high) continue;
    axis.ticks.push_back({candidate, TickDuration(candidate)});
  }
  return axis;
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

void DrawAxes(std::string& out, const Chart& chart, const Frame& frame) {
  for (const Tick& tick : chart.y.ticks) {
    const double y = frame.Y(chart.y, tick.at);
    Print(out, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>", frame.left, y, frame.right);
    Print(out, "<text class=\"label\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", frame.left - 8,
          y + 4);
    out += Escaped(tick.label) + "</text>\n";
  }
  for (const Tick& tick : chart.x.ticks) {
    const double x = frame.X(chart.x, tick.at);
    Print(out, "<path class=\"axis\" d=\"M%.1f %.1fv5\"/>", x, frame.bottom);
    Print(out, "<text class=\"label\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", x,
          frame.bottom + 19);
    out += Escaped(tick.label) + "</text>\n";
  }
  Print(out, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>\n", frame.left, frame.bottom,
        frame.right);
  Print(out, "<text class=\"label\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
        (frame.left + frame.right) / 2, frame.bottom + 38);
  out += Escaped(chart.x_title) + "</text>\n";
}

void DrawCurve(std::string& out, const Chart& chart, const Curve& curve, const Frame& frame) {
  std::string outline, area;
  for (const auto& line : curve.lines) {
    if (line.empty()) continue;
    std::string path;
    char command = 'M';
    for (const Point& point : line) {
      Print(path, "%c%.1f %.1f", command, frame.X(chart.x, point.x), frame.Y(chart.y, point.y));
      command = 'L';
    }
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

}  // namespace

double Axis::Place(double value) const {
  const double place = logarithmic ? std::log(std::max(value, low) / low) / std::log(high / low)
                                   : (value - low) / (high - low);
  return std::clamp(place, 0.0, 1.0);
}

Axis DurationAxis(double low_ns, double high_ns) {
  low_ns = std::max(low_ns, 1.0);
  if (high_ns / low_ns >= kLogarithmicFrom) return Logarithmic(low_ns, high_ns);
  return FromZero(high_ns, 4, TickDuration);
}

Axis CountAxis(double high, int ticks) { return FromZero(high, ticks, TickCount); }

Axis TimeAxis(double seconds, int ticks) {
  if (!(seconds > 0)) seconds = 1;
  const auto label = [&](double at_s) {
    return seconds < 1 ? TickDuration(at_s * 1e9) : Number(at_s);
  };
  Axis axis = FromZero(seconds, ticks, label);
  axis.high = seconds;
  std::erase_if(axis.ticks, [&](const Tick& tick) { return tick.at > seconds * 1.0001; });
  return axis;
}

std::string ToSvg(const Chart& chart, int width, int height) {
  // The last label of the x axis is centred under the end, and needs room to the right.
  const double half_label = LabelWidth(chart.x) / 2 + 2;
  const Frame frame{.left = std::max(kLeastLeft, LabelWidth(chart.y) + 12),
                    .top = 10,
                    .right = width - half_label,
                    .bottom = height - 44.0};
  std::string out;
  Print(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", width, height);
  out += Escaped(chart.name) + "\">\n";
  DrawAxes(out, chart, frame);
  for (const Curve& curve : chart.curves) DrawCurve(out, chart, curve, frame);
  for (const Mark& mark : chart.marks) DrawMark(out, chart, mark, frame);
  return out + "</svg>\n";
}

}  // namespace switchboard::load
