#include "bench/load/staff/measured/judge.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "bench/load/base/units.h"
#include "bench/load/staff/columns.h"

namespace switchboard::load {
namespace {

constexpr double kMostBehindAnother = 0.01;
// Turns of others, as a part of this load's, and how far apart the two may have been counted.
constexpr double kMostOthers = 0.02;
constexpr double kApartS = 0.1;
// A message that comes later moves the waits of those behind it by no more than it is late. So one
// in a hundred may be late by half a service, which moves no share by what is tolerated, and all of
// them in the mean by half of what the mean wait may be off.
constexpr double kMostLateServices = 0.5, kMostSkew = 0.5;
constexpr double kLatenessS = 200e-6;
constexpr double kBusy = 0.95;

std::string Unstable(const RateResult& result) {
  if (result.ends) return "";
  const double offered = result.offered;
  const std::string work = offered < 100 ? Format("%.3g", offered)
                                         : GroupedText(static_cast<uint64_t>(std::ceil(offered)));
  return work + " workers' work came to " +
         GroupedText(static_cast<uint64_t>(result.observed.workers)) +
         ", and the queue grows without end; give more workers or lower --rates";
}

std::string NotReached(const RateResult& result) { return result.observed.not_reached; }

std::string GeneratorBound(const RateResult& result) {
  const Observed& seen = result.observed;
  const double allowed_s = std::max(kLatenessS, kMostLateServices * result.demand.service_s);
  const double lateness_s = static_cast<double>(seen.lateness_ns) / 1e9;
  constexpr const char* kWayOut =
      "; give lower --rates, or the generator a CPU that nobody else uses";
  if (seen.not_sent > 0) {
    return GroupedText(seen.not_sent) + " messages that were due were not sent" + kWayOut;
  }
  if (lateness_s > allowed_s) {
    return "one message in a hundred was sent more than " + SecondsText(lateness_s) +
           " late, so that arrivals are not those of the schedule" + kWayOut;
  }
  const double skew_s = seen.skew_ns / 1e9;
  if (skew_s > kMostSkew * PartOfWait(kWaitTolerance, result.mean_wait_s.predicted)) {
    return "messages were sent late, in the mean by " + SecondsText(skew_s) +
           " more or less than their median, which may move the mean wait" + kWayOut;
  }
  if (seen.generator_busy_share < kBusy) return "";
  return "the generator was busy for " + RoundPercentText(seen.generator_busy_share) +
         " of the time" + kWayOut;
}

std::string CallersWait(const RateResult& result) {
  const Observed& seen = result.observed;
  if (seen.behind_another_share <= kMostBehindAnother) return "";
  return RoundPercentText(seen.behind_another_share) +
         " of the messages waited behind another of their own caller, so that they do not come "
         "independently of each other; give more --connections than " +
         GroupedText(static_cast<uint64_t>(seen.connections));
}

std::string NotAlone(const RateResult& result) {
  const Observed& seen = result.observed;
  const double most = (1 + kMostOthers) * static_cast<double>(seen.messages) + kApartS * seen.rate;
  if (static_cast<double>(result.turns) <= most) return "";
  return "the workers had " + GroupedText(result.turns) + " turns, and this load had " +
         GroupedText(seen.messages) +
         " messages: others call the server, too, or --status is of another; measure one that has "
         "no other callers";
}

struct Compared {
  std::string name;
  const ModelFigure* figure;
  double tolerance;
  bool is_time;

  double Difference() const { return std::abs(figure->measured.value - figure->predicted); }
  double Doubt() const { return figure->measured.Doubt(); }
};

std::vector<Compared> AllCompared(const RateResult& result) {
  const double wait_tolerance = PartOfWait(kWaitTolerance, result.mean_wait_s.predicted);
  std::vector<Compared> all = {{"the mean wait", &result.mean_wait_s, wait_tolerance, true},
                               {"P(wait)", &result.p_wait, kShareTolerance, false}};
  for (const LongWait& each : result.long_waits) {
    // Of a service that is short itself the waits that it is about are hand-over.
    if (each.over_s < kHandOverS) continue;
    all.push_back({"P(wait > " + SecondsText(each.over_s) + ")", &each.p, kShareTolerance, false});
  }
  return all;
}

std::string ValueText(const Compared& each, double value) {
  return each.is_time ? SecondsText(value) : RoundPercentText(value);
}

// An interval that is wider than what is allowed, or a difference that may be chance.
std::string TooShort(const RateResult& result) {
  constexpr const char* kWayOut = "; give a longer --duration";
  for (const Compared& each : AllCompared(result)) {
    const double difference = each.Difference(), doubt = each.Doubt();
    if (std::isinf(doubt)) {
      return std::string("there were too few looks to say how far the figures may be off") +
             kWayOut;
    }
    const bool may_be_chance = difference > each.tolerance && difference <= doubt;
    if (doubt <= each.tolerance && !may_be_chance) continue;
    const double longer = std::max(2.0, std::pow(doubt / each.tolerance, 2));
    return each.name + " is known to " + ValueText(each, doubt) + " only, to either side" +
           kWayOut + Format(", of %.0f s say", std::ceil(longer * result.seconds));
  }
  return "";
}

std::string ModelOff(const RateResult& result) {
  for (const Compared& each : AllCompared(result)) {
    if (each.Difference() <= each.tolerance) continue;
    return each.name + " was " + ValueText(each, each.figure->measured.value) + " and not " +
           ValueText(each, each.figure->predicted) +
           (std::abs(result.demand.cv - 1) > kWaitTolerance
                ? ": the formula is an approximation for a service that is not exponential; "
                  "believe what was measured"
                : ": something that the model does not know; see that nothing else runs on the "
                  "machine, and that the service does not take longer when more workers are busy");
  }
  return "";
}

struct Check {
  const char* verdict;
  std::string (*reason)(const RateResult& result);  // empty if it does not apply
};

constexpr Check kChecks[] = {{"UNSTABLE", Unstable},
                             {"TARGET-NOT-REACHED", NotReached},
                             {"GENERATOR-BOUND", GeneratorBound},
                             {"CALLERS-WAIT", CallersWait},
                             {"NOT-ALONE", NotAlone},
                             {"TOO-SHORT", TooShort},
                             {"MODEL-OFF", ModelOff}};

}  // namespace

ModelVerdict Judge(const RateResult& result) {
  for (const Check& check : kChecks) {
    std::string reason = check.reason(result);
    if (!reason.empty()) return {check.verdict, std::move(reason)};
  }
  return {kModelHolds, "what was measured is what was predicted"};
}

}  // namespace switchboard::load
