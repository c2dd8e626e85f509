#include "bench/load/show/hgrm.h"

#include <cmath>
#include <cstdint>

#include "bench/load/base/units.h"

namespace switchboard::load {
namespace {

double Milliseconds(double ns) { return ns / 1e6; }

double DeviationNs(const Histogram& histogram) {
  if (histogram.count() == 0) return 0;
  double squares = 0;
  for (const auto& [index, count] : histogram.ToSparse()) {
    const auto [first_ns, last_ns] = histogram.BucketRangeNs(index);
    const double middle_ns = (static_cast<double>(first_ns) + static_cast<double>(last_ns)) / 2;
    squares += static_cast<double>(count) * std::pow(middle_ns - histogram.MeanNs(), 2);
  }
  return std::sqrt(squares / static_cast<double>(histogram.count()));
}

std::string Line(const Histogram& histogram, double share) {
  const int64_t value_ns = histogram.PercentileNs(100 * share);
  const uint64_t passed = histogram.count() - histogram.CountAbove(value_ns);
  std::string line = Format("%14.6f %.12f %10llu", Milliseconds(static_cast<double>(value_ns)),
                            share, static_cast<unsigned long long>(passed));
  return line + (share < 1 ? Format(" %14.2f\n", 1 / (1 - share)) : "\n");
}

// As many lines between a share and the half of what is beyond it as HdrHistogram's own have.
std::string Lines(const Histogram& histogram) {
  constexpr int kLinesAHalf = 5;
  std::string lines;
  for (double beyond = 1; beyond * static_cast<double>(histogram.count()) >= 1; beyond /= 2) {
    for (int i = 0; i < kLinesAHalf; ++i) {
      lines += Line(histogram, 1 - beyond * (1 - 0.5 * i / kLinesAHalf));
    }
  }
  return lines + (histogram.count() > 0 ? Line(histogram, 1) : "");
}

}  // namespace

std::string ToHgrm(const Report& report) {
  const Histogram none;
  const Histogram& histogram = report.verification.Passed() ? report.latency : none;
  const auto count = static_cast<unsigned long long>(histogram.count());
  return "         Value     Percentile TotalCount 1/(1-Percentile)\n\n" + Lines(histogram) +
         Format("#[Mean    = %14.6f, StdDeviation   = %14.6f]\n", Milliseconds(histogram.MeanNs()),
                Milliseconds(DeviationNs(histogram))) +
         Format("#[Max     = %14.6f, Total count    = %14llu]\n",
                Milliseconds(static_cast<double>(histogram.max_ns())), count) +
         Format("#[Buckets = %14d, SubBuckets     = %14d]\n", 36, 1 << histogram.precision_bits());
}

}  // namespace switchboard::load
