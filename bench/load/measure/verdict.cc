#include "bench/load/measure/verdict.h"

#include <cmath>
#include <cstdio>
#include <utility>

#include "bench/load/base/units.h"

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
  uint64_t errors = 0;
  for (const Second& second : report.timeline) errors += second.errors;
  if (!TooMany(report, errors, report.generator.calls)) return;
  reasons.push_back(
      Format("connections broke or were refused while it was measured, %llu times", Long(errors)));
}

void CheckAnswers(const Report& report, Reasons& reasons) {
  const Options& options = report.options;
  if (report.messages + report.verification.verified_bytes == 0) {
    reasons.push_back("the target echoed nothing");
  }
  if (TooMany(report, report.generator.unanswered, report.messages)) {
    reasons.push_back(
        Format("%llu messages were never answered: the target fell silent or broke "
               "their connections",
               Long(report.generator.unanswered)));
  }
  if (report.generator.not_offered > 0) {
    reasons.push_back(
        Format("%llu messages were never sent: no connection was open, or too many "
               "waited for replies",
               Long(report.generator.not_offered)));
  }
  if (options.duration_s == 0 && !report.interrupted && report.messages < options.messages) {
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
  if (!options.IsChurn() && generator.connections_open < options.connections) {
    reasons.push_back(
        Format("%d of %d connections were open", generator.connections_open, options.connections));
  }
  const auto below = [&](const char* what, uint64_t reached, double under_way, uint64_t intended) {
    const auto wanted = static_cast<double>(intended), got = static_cast<double>(reached);
    if (got + under_way >= kReachedShare * wanted) return;
    reasons.push_back(
        Format("%.1f %% of the %s that the schedule asked for", 100 * got / wanted, what));
  };
  // By chance a few more are under way at the end than at the beginning: of Poisson's many, twice
  // their standard deviation.
  below("messages", report.messages, 1 + 2 * std::sqrt(generator.mean_in_flight),
        generator.intended);
  below("calls", generator.calls, 1, generator.intended_calls);
}

void CheckGenerator(const Report& report, Reasons& reasons) {
  const double busy = report.generator.busy_share, waiting = report.generator.waiting_share;
  if (busy >= kBusyLimit) {
    reasons.push_back(
        Format("a thread of the generator had no time to spare: %.0f %% running, "
               "%.0f %% waiting for a CPU; %s",
               100 * (busy - waiting), 100 * waiting,
               waiting > busy / 2 ? "give it CPUs of its own"
                                  : "give it more --threads or another machine"));
  }
  const int64_t lag_ns = report.send_lag.PercentileNs(99);
  const bool shows = lag_ns * 10 > report.latency.PercentileNs(99);
  if (lag_ns > kSendLagLimitNs && shows) {
    reasons.push_back("it sent late: send lag p99 " + DurationText(lag_ns) +
                      "; give it CPUs of its own");
  }
}

void CheckLength(const Report& report, bool reached, Reasons& reasons) {
  if (reached && report.messages < kFewestMessages) {
    reasons.push_back(Format("%llu messages, at least %llu are needed", Long(report.messages),
                             Long(kFewestMessages)));
  }
  if (report.seconds < kShortestSeconds) {
    reasons.push_back(
        Format("%.2f s, at least %.1f s are needed", report.seconds, kShortestSeconds));
  }
  if (!reached || !reasons.empty()) return;
  const double counted = report.generator.mean_in_flight;
  const double by_law = report.generator.mean_in_flight_by_law;
  if (std::abs(counted - by_law) > kLawTolerance * std::max(counted, by_law)) {
    reasons.push_back(
        Format("Little's law does not hold: %.3g messages in flight, by rate and "
               "latency %.3g; run longer",
               counted, by_law));
  }
}

}  // namespace

void Judge(Report& report) {
  Reasons wrong, target, generator, length;
  CheckVerification(report, wrong);
  CheckTarget(report, target);
  CheckGenerator(report, generator);
  CheckLength(report, target.empty(), length);
  report.verdict.clear();
  report.reasons.clear();
  const std::pair<const char*, const Reasons&> checks[] = {{kVerificationFailed, wrong},
                                                           {kTooShort, length},
                                                           {kGeneratorBound, generator},
                                                           {kTargetNotReached, target}};
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
