// The range that a search answers with, on simulated queues of which the true rate is known.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "bench/load/measure/objective.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/run/search.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

// Some servers behind one queue, each of which takes exponential times: M/M/c under Poisson
// arrivals. Its clock is its own.
class Queue {
 public:
  Queue(int servers, double served_per_second, uint64_t seed)
      : servers_(servers), service_s_(1 / served_per_second), random_(seed) {}

  // A run of the harness against it, with an empty queue at its beginning.
  Report Measure(const Options& step) {
    Report report = Empty(step);
    std::vector<double> free_s(servers_, 0);
    const double end_s = step.warmup_s + step.duration_s;
    for (double now_s = Exponential() / step.rate; now_s < end_s;
         now_s += Exponential() / step.rate) {
      double& free = *std::ranges::min_element(free_s);
      free = std::max(free, now_s) + Exponential() * service_s_;
      if (now_s >= step.warmup_s) Record(now_s - step.warmup_s, free - step.warmup_s, report);
    }
    report.punctual_latency = report.latency;
    report.generator.intended = report.latency.count();
    Judge(report);
    return report;
  }

 private:
  static Report Empty(const Options& step) {
    Report report;
    report.options = step;
    report.seconds = step.duration_s;
    report.timeline.resize(static_cast<size_t>(std::ceil(step.duration_s)));
    report.generator.connections_open = step.connections;
    return report;
  }

  static void Record(double begin_s, double end_s, Report& report) {
    const auto latency_ns = static_cast<int64_t>((end_s - begin_s) * 1e9);
    report.latency.Record(latency_ns);
    if (end_s >= report.seconds) return;
    ++report.messages;
    Second& second = report.timeline[static_cast<size_t>(end_s)];
    ++second.messages;
    second.latency.Record(latency_ns);
  }

  double Exponential() { return -std::log(static_cast<double>((random_() >> 11) + 1) * 0x1p-53); }

  const size_t servers_;
  const double service_s_;
  std::mt19937_64 random_;
};

Options Objective(double percentile, double limit_s) {
  Options options;
  options.target = "127.0.0.1:8000";
  options.arrivals = Arrivals::kPoisson;
  options.duration_s = 2;
  options.warmup_s = 0.3;
  options.slo_percentile = percentile;
  options.slo_limit_ns = static_cast<int64_t>(limit_s * 1e9);
  options.quiet = true;
  return options;
}

struct Range {
  double met, not_met;
  double measured_s;
  bool fresh;  // the report is that of a long step at the lower end

  bool Holds(double rate) const { return met <= rate && rate <= not_met; }
  bool Narrow() const { return not_met <= 1.1 * met; }
};

Range Search(Queue& queue, const Options& options) {
  double measured_s = 0;
  const Report report = SearchRate(options, [&](const Options& step) {
    measured_s += step.warmup_s + step.duration_s;
    return queue.Measure(step);
  });
  const bool fresh = report.options.rate == report.slo_met_rate && report.seconds >= 10;
  return {report.slo_met_rate, report.slo_missed_rate, measured_s, fresh};
}

// How many of so many searches have the true rate in a narrow range.
int RightOnes(int searches, const Options& options, double true_rate) {
  int right = 0;
  for (int seed = 1; seed <= searches; ++seed) {
    Queue queue(1, 1000, static_cast<uint64_t>(seed));
    const Range answer = Search(queue, options);
    CHECK(answer.fresh);
    right += answer.Holds(true_rate) && answer.Narrow() ? 1 : 0;
  }
  return right;
}

// The time in an M/M/1 queue is exponential, with the difference of both rates.
double TrueRate(double served_per_second, double percentile, double limit_s) {
  return served_per_second + std::log(1 - percentile / 100) / limit_s;
}

TEST_CASE("OfTwentySearchesNineteenHoldTheTrueRateInATenth") {
  const double true_rate = TrueRate(1000, 99, 0.02);
  CHECK(true_rate == doctest::Approx(770).epsilon(1e-3));
  CHECK(RightOnes(20, Objective(99, 0.02), true_rate) >= 19);
}

}  // namespace
}  // namespace switchboard::load
