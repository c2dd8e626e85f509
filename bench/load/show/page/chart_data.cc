#include "bench/load/show/page/chart_data.h"

#include <cmath>
#include <string_view>

#include "bench/load/base/json.h"
#include "bench/load/base/units.h"

namespace switchboard::load {
namespace {

// No tag and no comment of HTML begins in it.
std::string Quoted(const std::string& text) {
  std::string safe;
  for (const char c : Json(text).ToString()) {
    safe += c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : c == '&' ? "\\u0026" : std::string(1, c);
  }
  while (!safe.empty() && safe.back() == '\n') safe.pop_back();
  return safe;
}

double In(const Axis& axis, double value) {
  return axis.scale == Scale::kDuration ? value / 1e3 : value;
}
std::string Place(const Axis& axis, double value) { return Format("%.6g", In(axis, value)); }
std::string Value(const Axis& axis, double value) { return Format("%.4g", In(axis, value)); }

template <typename List, typename Text>
std::string Listed(const List& list, Text text) {
  std::string out;
  for (const auto& each : list) out += (out.empty() ? "" : ",") + text(each);
  return "[" + out + "]";
}

const char* NameOf(Scale scale) {
  switch (scale) {
    case Scale::kDuration:
      return "duration";
    case Scale::kTime:
      return "time";
    case Scale::kPercentile:
      return "percentile";
    case Scale::kName:
      return "name";
    case Scale::kCount:
      break;
  }
  return "count";
}

std::string AxisData(const Axis& axis) {
  const auto tick = [&](const Tick& each) {
    return "[" + Place(axis, each.at) + "," + Quoted(each.label) + "]";
  };
  return "{\"scale\":\"" + std::string(NameOf(axis.scale)) + "\",\"title\":" + Quoted(axis.title) +
         ",\"low\":" + Place(axis, axis.low) + ",\"high\":" + Place(axis, axis.high) +
         ",\"log\":" + (axis.logarithmic ? "true" : "false") +
         ",\"ticks\":" + Listed(axis.ticks, tick) + "}";
}

std::string CurveData(const Chart& chart, const Curve& curve) {
  const auto point = [&](const Point& each) {
    return Place(chart.x, each.x) + "," + Value(chart.y, each.y);
  };
  std::string lines;
  for (const auto& line : curve.lines) {
    if (!line.empty()) lines += (lines.empty() ? "" : ",") + Listed(line, point);
  }
  return "{\"style\":" + Quoted(curve.style) + ",\"name\":" + Quoted(curve.name) +
         ",\"filled\":" + (curve.filled ? "true" : "false") +
         ",\"stepped\":" + (curve.stepped ? "true" : "false") +
         ",\"width\":" + Place(chart.x, curve.width) + ",\"lines\":[" + lines + "]}";
}

std::string HeatData(const Axis& y, const Heat& heat) {
  const auto edge = [&](double each) { return Value(y, each); };
  const auto cell = [](const Heat::Cell& each) {
    return Format("%zu,%zu,%llu", each.row, each.column,
                  static_cast<unsigned long long>(each.count));
  };
  return Format("{\"begin\":%.6g,\"width\":%.6g,\"largest\":%llu,\"edges\":", heat.begin_x,
                heat.column_width, static_cast<unsigned long long>(heat.largest)) +
         Listed(heat.edges, edge) + ",\"cells\":" + Listed(heat.cells, cell) + "}";
}

}  // namespace

std::string ToData(const Chart& chart, int height_px) {
  const auto mark = [&](const Mark& each) {
    return "[" + Quoted(each.style) + "," + Place(chart.x, each.at.x) + "," +
           Value(chart.y, each.at.y) + "," + Quoted(each.text) + "]";
  };
  const auto whisker = [&](const Whisker& each) {
    return "[" + Quoted(each.style) + "," + Place(chart.x, each.x) + "," +
           (each.low > 0 ? Value(chart.y, each.low) : "null") + "," +
           (std::isfinite(each.high) ? Value(chart.y, each.high) : "null") + "]";
  };
  const auto rule = [&](const Rule& each) {
    return "[" + Value(chart.y, each.y) + "," + Quoted(each.text) + "]";
  };
  const auto stretch = [&](const Stretch& each) {
    return "[" + Place(chart.x, each.low) + "," + Place(chart.x, each.high) + "," +
           Quoted(each.text) + "]";
  };
  return "{\"name\":" + Quoted(chart.name) + ",\"height\":" + std::to_string(height_px) +
         ",\n\"x\":" + AxisData(chart.x) + ",\n\"y\":" + AxisData(chart.y) + ",\n\"curves\":" +
         Listed(chart.curves, [&](const Curve& each) { return CurveData(chart, each); }) +
         ",\n\"marks\":" + Listed(chart.marks, mark) +
         ",\n\"whiskers\":" + Listed(chart.whiskers, whisker) +
         ",\"rules\":" + Listed(chart.rules, rule) +
         ",\"stretches\":" + Listed(chart.stretches, stretch) + ",\n\"heat\":" +
         Listed(chart.heat, [&](const Heat& each) { return HeatData(chart.y, each); }) + "}";
}

}  // namespace switchboard::load
