#include "bench/load/run/search.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>
#include <vector>

#include "bench/linux/machine.h"
#include "bench/load/base/units.h"
#include "bench/load/measure/objective.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/run/load.h"

namespace switchboard::load {
namespace {

constexpr int kStandardError = 2;
constexpr double kFirstRate = 1000;  // or more where the percentile needs more messages
constexpr size_t kMostSteps = 40;
constexpr int kMostAttempts = 3;  // at one rate, while they say nothing
// A percentile needs some messages beyond it; a rate so low that they take longer is not tried.
constexpr double kMessagesBeyond = 10;
constexpr double kFewestMessages = 200;
constexpr double kLongestStepSeconds = 20;

double MessagesFor(double percentile) {
  if (percentile >= 100) return kFewestMessages;
  return std::max(kFewestMessages, kMessagesBeyond / (1 - percentile / 100));
}

double LowestRate(const Options& options) {
  return MessagesFor(options.slo_percentile) / std::max(options.duration_s, kLongestStepSeconds);
}

Options StepAt(double rate, const Options& options) {
  Options step = options;
  step.rate = rate;
  step.quiet = true;
  step.duration_s = std::max(options.duration_s, MessagesFor(options.slo_percentile) / rate);
  return step;
}

SloStep Summarize(const Report& report) {
  SloStep step{.rate = report.options.rate,
               .reached_rate = report.MessagesPerSecond(),
               .percentile_ns = report.latency.PercentileNs(report.options.slo_percentile),
               .verdict = report.verdict,
               .outcome = StepOutcome::kMissed};
  if (step.verdict == kGeneratorBound || step.verdict == kTooShort) {
    step.outcome = StepOutcome::kNotMeasured;
  } else if (step.verdict == kValid && step.percentile_ns <= report.options.slo_limit_ns) {
    step.outcome = StepOutcome::kMet;
  }
  return step;
}

bool DeservesAnotherAttempt(const std::vector<SloStep>& steps) {
  const auto same = [&](const SloStep& step) { return step.rate == steps.back().rate; };
  return steps.back().outcome == StepOutcome::kNotMeasured &&
         std::count_if(steps.begin(), steps.end(), same) < kMostAttempts;
}

double NextRate(const Options& options, const std::vector<SloStep>& steps) {
  if (steps.empty()) return std::max(kFirstRate, LowestRate(options));
  if (DeservesAnotherAttempt(steps)) return steps.back().rate;
  const Bracket known(steps);
  if (known.met == nullptr) return known.not_met->rate / 2;
  if (known.not_met == nullptr) return 2 * known.met->rate;
  return (known.met->rate + known.not_met->rate) / 2;
}

bool Finished(const Options& options, const std::vector<SloStep>& steps) {
  if (steps.empty()) return false;
  if (steps.size() >= kMostSteps || NextRate(options, steps) < LowestRate(options)) return true;
  return Bracket(steps).Closed() && !DeservesAnotherAttempt(steps);
}

bool Stopped(const std::atomic<bool>* stop) { return stop != nullptr && stop->load(); }

void Show(const SloStep& step) {
  std::fprintf(stderr, "%s/s: %s, %s\n", RateText(step.rate).c_str(), FigureText(step).c_str(),
               OutcomeText(step).c_str());
}

}  // namespace

Report SearchRate(const Options& options, const MeasureStep& measure,
                  const std::atomic<bool>* stop) {
  const bool shown = !options.quiet && sys::IsTerminal(kStandardError);
  Report best;
  std::vector<SloStep> steps;
  while (!Finished(options, steps)) {
    const Options step = StepAt(NextRate(options, steps), options);
    Report report;
    try {
      report = measure(step);
    } catch (const std::runtime_error& error) {
      if (steps.empty()) throw;
      best.warnings.push_back("the search ended early, at " + RateText(step.rate) +
                              "/s: " + error.what());
      break;
    }
    // A step that was cut short says nothing, unless there is no other to report.
    if (Stopped(stop) && !steps.empty()) break;
    steps.push_back(Summarize(report));
    if (shown) Show(steps.back());
    const bool wrong = !report.verification.Passed();
    const bool silent = report.messages + report.verification.verified_bytes == 0;
    const bool met = steps.back().outcome == StepOutcome::kMet;
    if (wrong || silent || met || Bracket(steps).met == nullptr) best = std::move(report);
    if (wrong || silent || Stopped(stop)) break;  // no other rate says more
  }
  best.slo_steps = std::move(steps);
  best.interrupted = Stopped(stop);
  JudgeSearch(best);
  return best;
}

Report FindHighestRate(const Options& options, const std::atomic<bool>* stop) {
  return SearchRate(
      options, [&](const Options& step) { return RunLoad(step, stop); }, stop);
}

}  // namespace switchboard::load
