#include "bench/load/show/page/chart.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace switchboard::load {
namespace {

constexpr double kLogarithmicFrom = 20;  // the ratio of largest to smallest
constexpr int kMostDecadesOfThree = 3;   // up to there, 2 and 5 get ticks beside 1
constexpr double kMargin = 1.25;         // of a logarithmic axis, beyond its values

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
Axis FromZero(Scale scale, double high, int ticks, Label label) {
  if (!(high > 0)) high = 1;
  const double step = RoundStep(high, ticks);
  Axis axis;
  axis.scale = scale;
  const int steps = static_cast<int>(std::ceil(high / step * 0.9999));
  for (int i = 0; i <= steps; ++i) axis.ticks.push_back({i * step, label(i * step)});
  axis.high = steps * step;
  return axis;
}

template <typename Label>
Axis Logarithmic(Scale scale, double low, double high, Label label, double margin = kMargin) {
  Axis axis;
  axis.scale = scale;
  axis.logarithmic = true;
  const bool fine = high / low < std::pow(10, kMostDecadesOfThree);
  std::vector<double> candidates;
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high * 10; power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor == 1 || fine) candidates.push_back(factor * power);
    }
  }
  axis.low = low / margin;
  axis.high = high * margin;
  for (const double candidate : candidates) {
    if (candidate < axis.low || candidate > axis.high) continue;
    axis.ticks.push_back({candidate, label(candidate)});
  }
  return axis;
}

}  // namespace

double Axis::Place(double value) const {
  const double place = logarithmic ? std::log(std::max(value, low) / low) / std::log(high / low)
                                   : (value - low) / (high - low);
  return std::clamp(place, 0.0, 1.0);
}

std::string Axis::FullTitle() const { return title + (logarithmic ? ", log" : ""); }

Axis DurationAxis(double low_ns, double high_ns) {
  low_ns = std::max(low_ns, 1.0);
  if (high_ns / low_ns >= kLogarithmicFrom) {
    return Logarithmic(Scale::kDuration, low_ns, high_ns, TickDuration);
  }
  return FromZero(Scale::kDuration, high_ns, 4, TickDuration);
}

Axis LogarithmicDurationAxis(double low_ns, double high_ns) {
  return Logarithmic(Scale::kDuration, low_ns, high_ns, TickDuration, 1);
}

Axis CountAxis(double high, int ticks) { return FromZero(Scale::kCount, high, ticks, TickCount); }

Axis WideCountAxis(double low, double high, int ticks) {
  if (!(low > 0) || high / low < kLogarithmicFrom) return CountAxis(high, ticks);
  return Logarithmic(Scale::kCount, low, high, TickCount);
}

Axis TimeAxis(double seconds, int ticks) {
  if (!(seconds > 0)) seconds = 1;
  const auto label = [&](double at_s) {
    return seconds < 1 ? TickDuration(at_s * 1e9) : Number(at_s);
  };
  Axis axis = FromZero(Scale::kTime, seconds, ticks, label);
  axis.high = seconds;
  std::erase_if(axis.ticks, [&](const Tick& tick) { return tick.at > seconds * 1.0001; });
  return axis;
}

double PlaceOf(double percent) { return -std::log10(1 - percent / 100); }
double PercentAt(double place) { return 100 * (1 - std::pow(10, -place)); }

Axis PercentileAxis() {
  Axis axis{.scale = Scale::kPercentile,
            .title = "percentile, log",
            .low = PlaceOf(50),
            .high = kPlaceOfMax,
            .ticks = {}};
  for (const char* label : {"50", "75", "90", "95", "99", "99.9", "99.99"}) {
    axis.ticks.push_back({PlaceOf(std::atof(label)), label});
  }
  axis.ticks.push_back({kPlaceOfMax, "max"});
  return axis;
}

int Heat::Level(uint64_t count) const {
  if (count == 0) return 0;
  if (largest <= 1) return kLevels;
  const double share =
      std::log(static_cast<double>(count)) / std::log(static_cast<double>(largest));
  return std::min(kLevels, 1 + static_cast<int>(share * kLevels));
}

}  // namespace switchboard::load
