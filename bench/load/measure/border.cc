#include "bench/load/measure/border.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/load/measure/verdict.h"

namespace switchboard::load {
namespace {

// Of a normal distribution 1.96. By simulation (tests/load/slo_range_test.cc) 19 of 20 are held.
constexpr double kErrors = 2;
// How far the line may be off, as a share of the distance from the limit.
constexpr double kBend = 0.2;
// From there on it is no line: seven times the allowed share, or a seventh.
constexpr double kFar = 2;

}  // namespace

struct Border::Point {
  double x;  // logarithm of the rate
  double y;  // and of the share beyond the limit over that allowed
  double weight;
};

Border::Border(double percentile, int64_t limit_ns)
    : allowed_(1 - percentile / 100), limit_ns_(limit_ns) {}

void Border::Add(const Report& report) {
  Runs& runs = at_[report.options.rate];
  const uint64_t beyond = report.verdict == kTargetNotReached
                              ? report.latency.count()
                              : report.latency.CountAbove(limit_ns_);
  runs.messages += static_cast<double>(report.latency.count());
  runs.beyond += static_cast<double>(beyond);
  const std::vector<const Second*> timeline = WholeTimeline(report);
  for (size_t i = 0; i < timeline.size() && static_cast<double>(i + 1) <= report.seconds; ++i) {
    const auto count = static_cast<double>(timeline[i]->latency.CountAbove(limit_ns_));
    ++runs.seconds;
    runs.sum += count;
    runs.squares += count * count;
  }
}

double Border::Runs::Variance() const {
  return seconds < 2 ? 0 : (squares - sum * sum / seconds) / (seconds - 1);
}

// At the border, which each rate is near: that of one alone would be known from few seconds.
double Border::Dispersion() const {
  double variance = 0, mean = 0;
  for (const auto& [rate, runs] : at_) {
    if (runs.seconds < 2) continue;
    variance += runs.Variance();
    mean += runs.sum / runs.seconds;
  }
  return mean == 0 ? 1 : std::max(1.0, variance / mean);
}

Border::Point Border::PointOf(double rate, const Runs& runs, double dispersion) const {
  const double wanted = allowed_ * runs.messages, seen = std::max(runs.beyond, 0.5);
  Point point{std::log(rate), runs.beyond > 0 ? 3.0 : -3.0, 0};
  // Where no message may be beyond the limit there is no share of them.
  if (wanted >= 1) point.y = std::log(seen / wanted);
  const double chance = wanted >= 1 ? dispersion / seen : 1;
  point.weight = 1 / (chance + kBend * kBend * point.y * point.y);
  return point;
}

// One for each rate, in rising order. Of those far from the limit only the nearest on either side:
// others lie beyond the bend of the line, and say no more than it.
std::vector<Border::Point> Border::Points() const {
  const double dispersion = Dispersion();
  std::vector<Point> points;
  for (const auto& [rate, runs] : at_) points.push_back(PointOf(rate, runs, dispersion));
  double fastest_met = -INFINITY, slowest_missed = INFINITY;
  for (const Point& point : points) {
    if (point.y > 0) slowest_missed = std::min(slowest_missed, point.x);
    if (point.y <= 0) fastest_met = std::max(fastest_met, point.x);
  }
  std::erase_if(points, [&](const Point& point) {
    return std::abs(point.y) > kFar && point.x != fastest_met && point.x != slowest_missed;
  });
  return points;
}

std::optional<Border::Interval> Border::Estimate() const {
  const std::vector<Point> points = Points();
  double weights = 0, x = 0, y = 0;
  for (const Point& point : points) {
    weights += point.weight;
    x += point.weight * point.x;
    y += point.weight * point.y;
  }
  const auto missed = std::ranges::count_if(points, [](const Point& each) { return each.y > 0; });
  if (missed == 0) return Interval{INFINITY, INFINITY, INFINITY};
  if (missed == std::ssize(points)) return Interval{0, 0, 0};
  x /= weights;
  y /= weights;
  double xx = 0, xy = 0;
  for (const Point& point : points) {
    xx += point.weight * (point.x - x) * (point.x - x);
    xy += point.weight * (point.x - x) * (point.y - y);
  }
  if (xy <= 0) return std::nullopt;
  const double slope = xy / xx;
  const double middle = x - y / slope;
  const double error = std::sqrt(1 / weights + (middle - x) * (middle - x) / xx) / slope;
  return Interval{std::exp(middle - kErrors * error), std::exp(middle),
                  std::exp(middle + kErrors * error)};
}

std::optional<Border::Range> Border::Enclosing() const {
  const std::optional<Interval> interval = Estimate();
  if (!interval) return std::nullopt;
  double met = 0, missed = INFINITY;
  for (const auto& [rate, runs] : at_) {
    if (Missed(rate) && rate >= interval->high) missed = std::min(missed, rate);
    if (!Missed(rate) && rate <= interval->low) met = std::max(met, rate);
  }
  if (met == 0 || missed == INFINITY) return std::nullopt;
  return Range{met, missed};
}

}  // namespace switchboard::load
