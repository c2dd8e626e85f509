#include <algorithm>
#include <cstdio>
#include <string>

#include "bench/load/load.h"
#include "bench/load/verdict.h"

namespace switchboard::load {
namespace {

constexpr double kStepSeconds = 2;
constexpr double kStepWarmupSeconds = 0.3;
constexpr double kFirstRate = 1000;
constexpr double kCloseEnough = 1.05;  // bisection ends when the bracket is no wider
constexpr int kMostSteps = 40;
// A step of fewer messages has no percentile; a search that has come down to it has failed.
constexpr double kFewestMessages = 200;

double StepSeconds(const Options& options) {
  return options.duration_s > 0 ? std::min(options.duration_s, kStepSeconds) : kStepSeconds;
}

Report Step(const Options& options, double rate, const std::atomic<bool>* stop) {
  Options step = options;
  step.rate = rate;
  step.quiet = true;
  step.messages = 0;
  step.duration_s = StepSeconds(options);
  step.warmup_s = std::min(options.warmup_s, kStepWarmupSeconds);
  Report report = RunLoad(step, stop);
  report.options.slo_percentile = options.slo_percentile;
  report.options.slo_limit_ns = options.slo_limit_ns;
  return report;
}

SloStep Summarize(const Report& report) {
  SloStep step;
  step.rate = report.options.rate;
  step.reached_rate = report.MessagesPerSecond();
  step.percentile_ns = report.latency.PercentileNs(report.options.slo_percentile);
  step.verdict = report.verdict;
  step.met = report.verdict == kValid && step.percentile_ns <= report.options.slo_limit_ns;
  return step;
}

void Print(const SloStep& step) {
  std::fprintf(stderr, "%.6g/s: %s, %s, %s\n", step.rate, DurationText(step.percentile_ns).c_str(),
               step.verdict.c_str(), step.met ? "met" : "not met");
}

}  // namespace

Report FindHighestRate(const Options& options, const std::atomic<bool>* stop) {
  double met_rate = 0, missed_rate = 0;
  Report best;
  std::vector<SloStep> steps;
  for (int i = 0; i < kMostSteps; ++i) {
    double rate = kFirstRate;
    if (met_rate > 0) rate = missed_rate > 0 ? (met_rate + missed_rate) / 2 : 2 * met_rate;
    if (met_rate == 0 && missed_rate > 0) rate = missed_rate / 2;
    Report report = Step(options, rate, stop);
    // Once more where the generator stood in its own way: on a busy machine that passes.
    if (report.verdict == kGeneratorBound) report = Step(options, rate, stop);
    steps.push_back(Summarize(report));
    if (!options.quiet) Print(steps.back());
    const bool met = steps.back().met;
    if (met || met_rate == 0) best = std::move(report);
    (met ? met_rate : missed_rate) = rate;
    if (stop != nullptr && stop->load()) break;
    if (met_rate > 0 && missed_rate > 0 && missed_rate <= met_rate * kCloseEnough) break;
    if (met_rate == 0 && missed_rate / 2 * StepSeconds(options) < kFewestMessages) break;
    if (!best.verification.Passed()) break;
  }
  best.slo_steps = std::move(steps);
  return best;
}

}  // namespace switchboard::load
