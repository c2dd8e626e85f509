#include "bench/load/run/search.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/linux/machine.h"
#include "bench/load/base/units.h"
#include "bench/load/measure/border.h"
#include "bench/load/measure/objective.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/run/load.h"

namespace switchboard::load {
namespace {

constexpr int kStandardError = 2;
constexpr double kFirstRate = 1000;  // or more where the percentile needs more messages
constexpr size_t kMostShort = 60;
// At one rate: while they say nothing, and where they miss.
constexpr long kMostAttempts = 3, kMostMisses = 2;
// A percentile needs some messages beyond it; a rate so low that they take longer is not tried.
constexpr double kMessagesBeyond = 10;
constexpr double kFewestMessages = 200;
constexpr double kLongestStepSeconds = 20;
// Rates are tried in places of a geometric series; four of them make the range of the answer.
constexpr double kPlace = 1.0235;
constexpr int kPlaces = 4;
constexpr double kWidest = 1.1;
// A long step is so much longer, and long enough to see how its seconds differ.
constexpr double kLong = 5, kFewestSeconds = 10;
// All long steps together are at most about so many times as long as one.
constexpr double kMostLong = 90;

double MessagesFor(double percentile) {
  if (percentile >= 100) return kFewestMessages;
  return std::max(kFewestMessages, kMessagesBeyond / (1 - percentile / 100));
}

double LowestRate(const Options& options) {
  return MessagesFor(options.slo_percentile) / std::max(options.duration_s, kLongestStepSeconds);
}

bool Stopped(const std::atomic<bool>* stop) { return stop != nullptr && stop->load(); }

// A rate that people can say again.
double Rounded(double rate) {
  const double unit = std::pow(10, std::floor(std::log10(rate)) - 3);
  return unit < 1 ? std::round(rate / unit) / std::round(1 / unit) : std::round(rate / unit) * unit;
}

void Show(const SloStep& step) {
  std::fprintf(stderr, "%s%s/s: %s, %s\n", step.is_long ? "long step " : "",
               RateText(step.rate).c_str(), FigureText(step).c_str(), OutcomeText(step).c_str());
}

class Search {
 public:
  Search(const Options& options, const MeasureStep& measure, const std::atomic<bool>* stop)
      : options_(options),
        measure_(measure),
        stop_(stop),
        border_(options.slo_percentile, options.slo_limit_ns) {}

  Report Result() {
    if (LookAround()) Confirm();
    if (!spoilt_) TellRange();
    if (!warning_.empty()) best_.warnings.push_back(warning_);
    best_.slo_steps = std::move(steps_);
    best_.interrupted = Stopped(stop_);
    JudgeSearch(best_);
    return std::move(best_);
  }

 private:
  // Makes a step and lists it; false if the search is over with it.
  bool Make(double rate, bool is_long);
  Options StepAt(double rate, bool is_long) const;
  SloStep Summarize(const Report& report, bool is_long) const;
  void Learn(const Report& report);
  long Failures(double rate) const;  // of long steps, otherwise than by the objective

  // With short steps; false if there is nothing to confirm.
  bool LookAround();
  std::optional<double> NextRate() const;
  long Attempts(double rate, bool is_long) const;

  // With long ones.
  void Confirm();
  bool Confirmed() const;
  double NextLongRate();
  double RateAt(int place) const { return Rounded(origin_ * std::pow(kPlace, place)); }
  double Low() const { return RateAt(low_); }
  double High() const { return RateAt(low_ + kPlaces); }
  bool NotMeasurable(double rate) const;
  bool Met(double rate) const { return border_.Knows(rate) && !border_.Missed(rate); }
  void TellRange();

  const Options& options_;
  const MeasureStep& measure_;
  const std::atomic<bool>* const stop_;
  const bool shown_ = !options_.quiet && sys::IsTerminal(kStandardError);

  std::vector<SloStep> steps_;
  Report best_;
  bool spoilt_ = false;
  std::string warning_;
  Border border_;                       // by the long steps
  std::map<double, Report> confirmed_;  // those that met the objective, the last at each rate
  double long_s_ = 0;                   // that long steps took
  // The range reaches from one place to another, so many of them above the origin.
  double origin_ = 0;
  int low_ = 0;
};

// ---- A step.

Options Search::StepAt(double rate, bool is_long) const {
  Options step = options_;
  step.rate = rate;
  step.quiet = true;
  step.duration_s = std::max(options_.duration_s, MessagesFor(options_.slo_percentile) / rate);
  if (is_long) {
    // As long again as all before at that rate.
    step.duration_s = std::max({kLong * step.duration_s, kFewestSeconds, border_.SecondsAt(rate)});
  }
  return step;
}

SloStep Search::Summarize(const Report& report, bool is_long) const {
  const double rate = report.options.rate;
  SloStep step{.rate = rate,
               .reached_rate = report.MessagesPerSecond(),
               .percentile_ns = report.latency.PercentileNs(options_.slo_percentile),
               .verdict = report.verdict,
               .outcome = StepOutcome::kMissed,
               .is_long = is_long};
  if (step.verdict == kGeneratorBound || step.verdict == kTooShort) {
    step.outcome = StepOutcome::kNotMeasured;
  } else if (step.verdict == kValid && step.percentile_ns <= options_.slo_limit_ns) {
    step.outcome = StepOutcome::kMet;
  }
  return step;
}

bool Search::Make(double rate, bool is_long) {
  const Options step = StepAt(rate, is_long);
  Report report;
  try {
    report = measure_(step);
  } catch (const std::runtime_error& error) {
    if (steps_.empty()) throw;
    warning_ = "the search ended early, at " + RateText(step.rate) + "/s: " + error.what();
    return false;
  }
  // A step that was cut short says nothing, unless there is no other to report.
  if (Stopped(stop_) && !steps_.empty()) return false;
  steps_.push_back(Summarize(report, is_long));
  if (shown_) Show(steps_.back());
  if (is_long) Learn(report);
  const bool wrong = !report.verification.Passed();
  const bool silent = report.messages + report.verification.verified_bytes == 0;
  const bool met = steps_.back().outcome == StepOutcome::kMet;
  spoilt_ = wrong || silent;  // no other rate says more
  if (spoilt_ || met || Bracket(steps_).met == nullptr) best_ = std::move(report);
  return !spoilt_ && !Stopped(stop_);
}

// What failed otherwise than by the objective counts as a miss if it fails again.
void Search::Learn(const Report& report) {
  const SloStep& step = steps_.back();
  long_s_ += report.options.duration_s;
  if (step.outcome == StepOutcome::kNotMeasured) return;
  if (step.verdict == kValid || Failures(step.rate) > 1) border_.Add(report);
  if (step.outcome == StepOutcome::kMet) confirmed_.insert_or_assign(step.rate, report);
}

long Search::Failures(double rate) const {
  return std::ranges::count_if(steps_, [&](const SloStep& step) {
    return step.rate == rate && step.is_long && step.outcome == StepOutcome::kMissed &&
           step.verdict != kValid;
  });
}

long Search::Attempts(double rate, bool is_long) const {
  return std::ranges::count_if(
      steps_, [&](const SloStep& step) { return step.rate == rate && step.is_long == is_long; });
}

// ---- Short steps.

// Nothing once the search has found its place.
std::optional<double> Search::NextRate() const {
  if (steps_.empty()) return std::max(kFirstRate, LowestRate(options_));
  const SloStep& last = steps_.back();
  const long attempts = Attempts(last.rate, false);
  if (last.outcome == StepOutcome::kNotMeasured && attempts < kMostAttempts) return last.rate;
  if (last.outcome == StepOutcome::kMissed && attempts < kMostMisses) return last.rate;
  const Bracket known(steps_);
  if (known.Closed()) return std::nullopt;
  if (known.met == nullptr) return known.not_met->rate / 2;
  if (known.not_met == nullptr) return 2 * known.met->rate;
  return (known.met->rate + known.not_met->rate) / 2;
}

bool Search::LookAround() {
  while (steps_.size() < kMostShort) {
    const std::optional<double> rate = NextRate();
    if (!rate || *rate < LowestRate(options_)) break;
    if (!Make(*rate, false)) return false;
  }
  return Bracket(steps_).met != nullptr;
}

// ---- Long steps.

bool Search::NotMeasurable(double rate) const {
  return Attempts(rate, true) >= kMostAttempts && !border_.Knows(rate);
}

// The rate of the next long step: at the end of the range that is known less.
double Search::NextLongRate() {
  const std::optional<Border::Interval> border = border_.Estimate();
  if (border && border->low == INFINITY) {
    if (border_.Knows(High())) low_ += kPlaces;
  } else if (border && border->high == 0) {
    if (border_.Knows(Low())) low_ -= kPlaces;
  } else if (border) {
    const double place = std::log(border->middle / origin_) / std::log(kPlace);
    const auto low = static_cast<int>(std::lround(std::clamp(place, -1e6, 1e6))) - kPlaces / 2;
    low_ = std::clamp(low, low_ - kPlaces, low_ + kPlaces);  // it may be far off at first
  }
  if (NotMeasurable(Low())) low_ -= kPlaces;
  const bool high = border_.SecondsAt(High()) < border_.SecondsAt(Low());
  return high && !NotMeasurable(High()) ? High() : Low();
}

bool Search::Confirmed() const {
  const std::optional<Border::Range> range = border_.Enclosing();
  if (range && range->missed <= kWidest * range->met) return true;
  return Met(Low()) && NotMeasurable(High());
}

void Search::Confirm() {
  const Bracket found(steps_);
  origin_ = found.met->rate;
  if (found.not_met != nullptr && found.not_met->outcome == StepOutcome::kMissed) {
    origin_ = std::sqrt(origin_ * found.not_met->rate) / std::pow(kPlace, kPlaces / 2);
  }
  const double most_s = kMostLong * StepAt(origin_, true).duration_s;
  while (long_s_ < most_s && !Confirmed()) {
    const double rate = NextLongRate();
    if (rate < LowestRate(options_) || !Make(rate, true)) return;
  }
}

// With the figures of a run at its lower end.
void Search::TellRange() {
  double met = 0, missed = 0;
  if (const std::optional<Border::Range> range = border_.Enclosing()) {
    met = range->met;
    missed = range->missed;
  } else if (origin_ > 0 && Met(Low()) && !border_.Knows(High())) {
    met = Low();
  }
  if (const auto found = confirmed_.find(met); found != confirmed_.end()) best_ = found->second;
  best_.slo_met_rate = met;
  best_.slo_missed_rate = missed;
}

}  // namespace

Report SearchRate(const Options& options, const MeasureStep& measure,
                  const std::atomic<bool>* stop) {
  return Search(options, measure, stop).Result();
}

Report FindHighestRate(const Options& options, const std::atomic<bool>* stop) {
  return SearchRate(
      options, [&](const Options& step) { return RunLoad(step, stop); }, stop);
}

}  // namespace switchboard::load
