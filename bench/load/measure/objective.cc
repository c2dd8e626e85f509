#include "bench/load/measure/objective.h"

#include <algorithm>
#include <map>

#include "bench/load/base/units.h"
#include "bench/load/measure/verdict.h"

namespace switchboard::load {
namespace {

constexpr double kCloseEnough = 1.1;

const char* LimitText(const SloStep& step) {
  return step.verdict == kTooShort ? "the steps were too short to tell"
                                   : "the generator was the limit";
}

std::string PerSecond(double rate) { return RateText(rate) + "/s"; }

// The long step that kept the search from going higher; null if none did.
const SloStep* Obstacle(const Report& report) {
  for (const SloStep& step : report.slo_steps) {
    const bool above = step.is_long && step.rate > report.slo_met_rate;
    if (above && step.outcome == StepOutcome::kNotMeasured) return &step;
  }
  return nullptr;
}

bool Tried(const Report& report) {
  return std::ranges::any_of(report.slo_steps, &SloStep::is_long);
}

// What short steps say, of which nothing was confirmed.
std::string UnconfirmedResult(const Report& report) {
  const Bracket known(report.slo_steps);
  if (known.met != nullptr) {
    return "not known: short steps met it up to " + PerSecond(known.met->rate) +
           (Tried(report) ? ", long ones did not confirm it" : "; the search did not get further");
  }
  const bool measured = known.not_met == nullptr || known.not_met->outcome == StepOutcome::kMissed;
  return measured ? "met by no step" : std::string("not known: ") + LimitText(*known.not_met);
}

}  // namespace

Bracket::Bracket(const std::vector<SloStep>& steps) {
  std::map<double, const SloStep*> last;
  for (const SloStep& step : steps) {
    if (!step.is_long) last[step.rate] = &step;
  }
  for (const auto& [rate, step] : last) {
    if (step->outcome == StepOutcome::kMet) met = step;
  }
  for (const auto& [rate, step] : last) {
    const bool above = met == nullptr || rate > met->rate;
    if (above && not_met == nullptr) not_met = step;
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
  if (report.slo_met_rate == 0) return UnconfirmedResult(report);
  const std::string met = PerSecond(report.slo_met_rate);
  if (report.slo_missed_rate > 0) {
    return "met up to " + met + ", not met at " + PerSecond(report.slo_missed_rate);
  }
  const SloStep* const obstacle = Obstacle(report);
  if (obstacle == nullptr) return "at least " + met + "; the search did not get further";
  return "at least " + met + "; above it " + LimitText(*obstacle);
}

void JudgeSearch(Report& report) {
  if (report.verdict != kValid || report.slo_missed_rate > 0 || report.interrupted) return;
  const SloStep* const obstacle = Obstacle(report);
  if (!Tried(report) || (report.slo_met_rate > 0 && obstacle == nullptr)) return;
  report.verdict = obstacle != nullptr ? obstacle->verdict : kTooShort;
  report.reasons = {SearchResult(report),
                    report.verdict == kTooShort
                        ? "give it a longer --duration"
                        : "give it CPUs of its own, more --threads or another "
                          "machine"};
}

}  // namespace switchboard::load
