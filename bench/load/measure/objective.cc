#include "bench/load/measure/objective.h"

#include "bench/load/base/units.h"
#include "bench/load/measure/verdict.h"

namespace switchboard::load {
namespace {

constexpr double kCloseEnough = 1.05;

const char* LimitText(const SloStep& step) {
  return step.verdict == kTooShort ? "the steps were too short to tell"
                                   : "the generator was the limit";
}

}  // namespace

Bracket::Bracket(const std::vector<SloStep>& steps) {
  for (const SloStep& step : steps) {
    if (step.outcome != StepOutcome::kMet) continue;
    if (met == nullptr || step.rate > met->rate) met = &step;
  }
  for (const SloStep& step : steps) {
    if (met != nullptr && step.rate <= met->rate) continue;
    if (not_met == nullptr || step.rate <= not_met->rate) not_met = &step;
  }
}

bool Bracket::Closed() const {
  return met != nullptr && not_met != nullptr && not_met->rate <= met->rate * kCloseEnough;
}

std::string OutcomeText(const SloStep& step) {
  if (step.outcome == StepOutcome::kMet) return "met";
  const std::string text = step.outcome == StepOutcome::kMissed ? "not met" : "not measurable";
  return step.verdict == kValid ? text : text + " (" + step.verdict + ")";
}

std::string FigureText(const SloStep& step) {
  return step.percentile_ns > 0 ? DurationText(step.percentile_ns) : "no answer";
}

std::string SearchResult(const Report& report) {
  const Bracket known(report.slo_steps);
  if (known.met == nullptr) {
    const bool measured =
        known.not_met == nullptr || known.not_met->outcome == StepOutcome::kMissed;
    return measured ? "met by no step" : std::string("not known: ") + LimitText(*known.not_met);
  }
  const std::string met = RateText(known.met->rate) + "/s";
  if (known.not_met == nullptr) return "at least " + met + "; the search did not get further";
  if (known.not_met->outcome == StepOutcome::kNotMeasured) {
    return "at least " + met + "; above it " + LimitText(*known.not_met);
  }
  return "met up to " + met + ", not met at " + RateText(known.not_met->rate) + "/s";
}

void JudgeSearch(Report& report) {
  const Bracket known(report.slo_steps);
  if (report.verdict != kValid || known.met == nullptr || known.not_met == nullptr) return;
  if (known.not_met->outcome != StepOutcome::kNotMeasured) return;
  report.verdict = known.not_met->verdict;
  report.reasons = {SearchResult(report),
                    report.verdict == kTooShort
                        ? "give it a longer --duration"
                        : "give it CPUs of its own, more --threads or another "
                          "machine"};
}

}  // namespace switchboard::load
