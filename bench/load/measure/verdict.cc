#include "bench/load/measure/verdict.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "bench/load/base/units.h"
#include "bench/load/measure/wishes.h"

namespace switchboard::load {
namespace {

constexpr uint64_t kFewestMessages = 100;
constexpr double kShortestSeconds = 0.5;
constexpr double kReachedShare = 0.99;
constexpr double kLawTolerance = 0.1;

// For %llu.
unsigned long long Long(uint64_t number) { return number; }

using Reasons = std::vector<std::string>;

void CheckVerification(const Report& report, Reasons& reasons) {
  if (report.verification.Passed()) return;
  reasons.push_back(Format("%llu bytes were wrong on %llu connections",
                           Long(report.verification.damage.Total()),
                           Long(report.verification.bad_connections)));
}

// Of calls that come and go, a few may fail; connections that are to stay may not.
bool TooMany(const Report& report, uint64_t failed, uint64_t succeeded) {
  const double share = report.options.IsChurn() ? 1 - kReachedShare : 0;
  return static_cast<double>(failed) > share * static_cast<double>(failed + succeeded);
}

void CheckErrors(const Report& report, Reasons& reasons) {
  uint64_t errors = 0, refused = 0;
  for (const Second& second : report.timeline) errors += second.errors;
  for (const auto& [error, count] : report.errors) {
    if (error.first == Phase::kConnect) refused += count;
  }
  if (TooMany(report, errors, report.generator.calls + report.hang_ups)) {
    reasons.push_back(Format("connections broke or were refused while it was measured, %llu times",
                             Long(errors)));
  }
  if (TooMany(report, refused, report.connect.count())) {
    reasons.push_back(Format("callers were refused or turned away %llu times", Long(refused)));
  }
}

void CheckAnswers(const Report& report, Reasons& reasons) {
  const Options& options = report.options;
  if (report.messages + report.verification.verified_bytes == 0) {
    reasons.push_back("the target echoed nothing");
  }
  if (!report.interrupted && TooMany(report, report.generator.unanswered, report.messages)) {
    reasons.push_back(
        Format("%llu messages were never answered: the target fell silent, broke their "
               "connections, or did not come to them in time",
               Long(report.generator.unanswered)));
  }
  // Where callers come and go, the last ones may find nobody's place free.
  const double unsent_share = options.HasPatience() ? 1 - kReachedShare : 0;
  const uint64_t not_offered = report.generator.not_offered;
  if (static_cast<double>(not_offered) > unsent_share * static_cast<double>(report.Ended())) {
    reasons.push_back(
        Format("%llu messages were never sent: no connection was open for them, or too many "
               "waited for replies",
               Long(not_offered)));
  }
  if (options.duration_s == 0 && !report.interrupted && report.Ended() < options.messages) {
    reasons.push_back(Format("%llu of %llu messages were answered", Long(report.messages),
                             Long(options.messages)));
  }
}

void CheckTarget(const Report& report, Reasons& reasons) {
  if (report.seconds == 0) return;  // ended before it was measured
  const Options& options = report.options;
  const Generator& generator = report.generator;
  CheckErrors(report, reasons);
  CheckAnswers(report, reasons);
  const bool stay = !options.IsChurn() && !options.HasPatience();
  if (stay && generator.connections_open < options.connections) {
    reasons.push_back(Format("%d of %d connections were open when the measured part began",
                             generator.connections_open, options.connections));
  }
  const auto below = [&](const char* what, uint64_t reached, double under_way, uint64_t intended) {
    const auto wanted = static_cast<double>(intended), got = static_cast<double>(reached);
    if (got + under_way >= kReachedShare * wanted) return;
    reasons.push_back(
        Format("%.1f %% of the %s that the schedule asked for", 100 * got / wanted, what));
  };
  // By chance a few more are under way at the end than at the beginning: of Poisson's many, twice
  // their standard deviation.
  const double under_way = 1 + 2 * std::sqrt(generator.mean_in_flight);
  below("messages", report.Ended(), under_way,
        generator.intended - std::min(generator.intended, generator.too_late));
  below("calls", generator.calls + report.hang_ups, under_way, generator.intended_calls);
}

// "p99 and p99.9".
std::string Together(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

// A change of a percentile of the latency that matters: a tenth. Above p99, which a short turn of
// another thread can reach on any machine, it must also be longer than such a turn.
int64_t WorthSayingNs(const Report& report, double percent) {
  const int64_t tenth_ns = report.latency.PercentileNs(percent) / 10;
  return percent > 99 ? std::max(tenth_ns, kUsualPauseNs) : tenth_ns;
}

// By how much the lateness of the generator can have moved a percentile of the latency.
int64_t MovedByLateness(const Report& report, double percent) {
  if (report.punctual_latency.count() != report.latency.count()) {
    return report.send_lag.PercentileNs(percent);  // a file of the schema before has no more
  }
  return report.latency.PercentileNs(percent) - report.punctual_latency.PercentileNs(percent);
}

void CheckLateness(const Report& report, Reasons& reasons) {
  const Generator& generator = report.generator;
  if (static_cast<double>(generator.too_late) >
      1 + (1 - kReachedShare) * static_cast<double>(generator.intended)) {
    reasons.push_back(Format("it did not come to %llu of %llu messages of the schedule",
                             Long(generator.too_late), Long(generator.intended)));
  }
  std::vector<std::string> moved;
  int64_t most_ns = 0;
  for (const Percentile& each : kPercentiles) {
    if (each.percent == 100 || !report.latency.Tells(each.percent)) continue;
    const int64_t moved_ns = MovedByLateness(report, each.percent);
    if (moved_ns <= std::max(kSendLagLimitNs, WorthSayingNs(report, each.percent))) continue;
    moved.push_back(each.name);
    most_ns = std::max(most_ns, moved_ns);
  }
  if (moved.empty()) return;
  reasons.push_back("it sent late, which makes " + Together(moved) + " up to " +
                    DurationText(most_ns) + " longer");
}

// While it was away, every message under way waited for it.
void CheckAbsence(const Report& report, Reasons& reasons) {
  const Generator& generator = report.generator;
  const Histogram& held_up = report.held_up;
  if (generator.away_share >= kAwayLimit) {
    reasons.push_back(Format("it was away for %.0f %% of the time, up to %s at once",
                             100 * generator.away_share, DurationText(held_up.max_ns()).c_str()));
  }
  std::vector<std::string> moved;
  for (const Percentile& each : kPercentiles) {
    if (each.percent == 100 || !report.latency.Tells(each.percent)) continue;
    const double beyond = static_cast<double>(report.latency.count()) * (1 - each.percent / 100);
    const auto held = static_cast<double>(held_up.CountAbove(WorthSayingNs(report, each.percent)));
    if (held >= beyond / 2 * (1 - 1e-9)) moved.push_back(each.name);
  }
  if (moved.empty()) return;
  reasons.push_back(
      Format("its own absence may be what %s show%s: %s messages under way were held up, "
             "for up to %s",
             Together(moved).c_str(), moved.size() == 1 ? "s" : "",
             GroupedText(held_up.count()).c_str(), DurationText(held_up.max_ns()).c_str()));
}

// A second without an answer leaves a latency of a second, or an error, unless nobody sent.
void CheckSilence(const Report& report, Reasons& reasons) {
  constexpr int64_t kSecondNs = 1'000'000'000;
  constexpr double kFewestInASecond = 20;
  const Options& options = report.options;
  const bool steady = options.IsOpenLoop() ? options.rate >= kFewestInASecond : !options.IsChurn();
  if (!steady || report.messages == 0 || report.latency.max_ns() >= kSecondNs / 2) return;
  const std::vector<const Second*> timeline = WholeTimeline(report);
  for (size_t i = 0; i < timeline.size() && static_cast<double>(i + 1) <= report.seconds; ++i) {
    if (timeline[i]->Ended() + timeline[i]->errors > 0) continue;
    reasons.push_back(Format("nothing was sent or answered in second %zu of the run", i));
    return;
  }
}

void CheckCpu(const Report& report, Reasons& reasons) {
  const double busy = report.generator.busy_share, waiting = report.generator.waiting_share;
  const double its_waiting = report.generator.busiest_waiting_share;
  if (busy >= kBusyLimit) {
    reasons.push_back(
        Format("a thread of the generator had no time to spare: %.0f %% running, %.0f %% waiting "
               "for a CPU",
               100 * (busy - its_waiting), 100 * its_waiting));
  }
  if (busy < kBusyLimit && waiting >= kWaitingLimit) {
    reasons.push_back(Format("it waited for a CPU for %.0f %% of the time", 100 * waiting));
  }
  if (report.generator.throttled_share >= kThrottledLimit) {
    reasons.push_back(Format(
        "its control group was throttled for %.0f %% of the time; raise the group's quota of "
        "CPU",
        100 * report.generator.throttled_share));
  }
}

// Of a target that says nothing there is no figure that the generator could have spoilt.
void CheckGenerator(const Report& report, Reasons& reasons) {
  if (report.messages + report.verification.verified_bytes == 0) return;
  CheckCpu(report, reasons);
  CheckLateness(report, reasons);
  CheckAbsence(report, reasons);
  CheckSilence(report, reasons);
}

const char* WayOut(const Generator& generator) {
  if (generator.throttled_share >= kThrottledLimit) return "; raise the quota of its control group";
  const bool computes = generator.busy_share >= kBusyLimit &&
                        generator.busiest_waiting_share <= generator.busy_share / 2;
  return computes ? "; give it more --threads or another machine"
                  : "; let it run, on CPUs of its own";
}

// Where the generator or the target could not follow, more time does not help.
void CheckLength(const Report& report, bool followed, Reasons& reasons) {
  if (followed && report.Ended() < kFewestMessages) {
    reasons.push_back(Format("%llu messages, at least %llu are needed", Long(report.Ended()),
                             Long(kFewestMessages)));
  }
  if (report.seconds < kShortestSeconds) {
    reasons.push_back(
        Format("%.2f s, at least %.1f s are needed", report.seconds, kShortestSeconds));
  }
  if (!followed || !reasons.empty()) return;
  const double counted = report.generator.mean_in_flight;
  const double by_law = report.generator.mean_in_flight_by_law;
  if (std::abs(counted - by_law) > kLawTolerance * std::max(counted, by_law)) {
    reasons.push_back(
        Format("Little's law does not hold: %.3g messages in flight, by rate and "
               "latency %.3g; run longer",
               counted, by_law));
  }
}

void CheckUntil(const Report& report, Reasons& length, Reasons& drift) {
  if (report.options.until.empty() || report.seconds == 0) return;
  for (const std::string& each : WhatIsTooShort(report)) length.push_back(each);
  if (report.certainty.drift.found) drift.push_back(DriftText(report));
}

}  // namespace

void Judge(Report& report) {
  Reasons wrong, target, generator, length, drift;
  CheckVerification(report, wrong);
  CheckTarget(report, target);
  CheckGenerator(report, generator);
  if (!generator.empty()) generator.back() += WayOut(report.generator);
  const bool followed = target.empty() && generator.empty();
  CheckLength(report, followed, length);
  if (followed) CheckUntil(report, length, drift);
  report.verdict.clear();
  report.reasons.clear();
  const std::pair<const char*, const Reasons&> checks[] = {{kVerificationFailed, wrong},
                                                           {kTooShort, length},
                                                           {kGeneratorBound, generator},
                                                           {kTargetNotReached, target},
                                                           {kNotStationary, drift}};
  for (const auto& [verdict, reasons] : checks) {
    if (!reasons.empty() && report.verdict.empty()) report.verdict = verdict;
    report.reasons.insert(report.reasons.end(), reasons.begin(), reasons.end());
  }
  if (report.interrupted) {
    report.reasons.push_back(Format("interrupted after %.2f s", report.seconds));
  }
  if (!report.verdict.empty()) return;
  report.verdict = kValid;
  report.reasons.push_back(Format("generator %.0f %% busy", 100 * report.generator.busy_share));
  if (report.send_lag.count() > 0) {
    report.reasons.push_back("send lag p99 " + DurationText(report.send_lag.PercentileNs(99)));
  }
  report.reasons.push_back(Format("Little's law: %.3g in flight, by rate and latency %.3g",
                                  report.generator.mean_in_flight,
                                  report.generator.mean_in_flight_by_law));
}

}  // namespace switchboard::load
