#include "bench/load/show/text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "bench/load/base/units.h"
#include "bench/load/measure/fields.h"
#include "bench/load/measure/objective.h"
#include "bench/load/measure/service_level.h"
#include "bench/load/measure/wishes.h"

namespace switchboard::load {
namespace {

void Verdict(std::string& out, const Report& report) {
  out += report.verdict;
  const char* separator = "  ";
  for (const std::string& reason : report.reasons) {
    out += separator + reason;
    separator = "; ";
  }
  out += '\n';
}

// "localhost:8000 (127.0.0.1:8000)".
std::string TargetText(const Report& report) {
  std::string addresses;
  for (const std::string& each : report.addresses) {
    addresses += (addresses.empty() ? "" : ", ") + each;
  }
  const std::string& target = report.options.target;
  return addresses.empty() || addresses == target ? target : target + " (" + addresses + ")";
}

void Configuration(std::string& out, const Report& report) {
  const Options& options = report.options;
  out += "target     " + TargetText(report) + ": ";
  out += Format("%d connection%s, ", options.connections, options.connections == 1 ? "" : "s");
  out += Format("%u", options.min_size_bytes);
  if (options.max_size_bytes != options.min_size_bytes)
    out += Format("-%u", options.max_size_bytes);
  out += " bytes, ";
  if (options.IsOpenLoop()) {
    out += Format("open loop at %.6g/s, %s arrivals", options.rate,
                  options.arrivals == Arrivals::kPoisson ? "poisson" : "uniform");
  } else {
    out += Format("closed loop, depth %d", options.depth);
  }
  if (options.IsChurn()) {
    out += Format(", %llu messages a call",
                  static_cast<unsigned long long>(options.messages_per_call));
  }
  if (options.calls_per_second > 0) out += Format(", %.6g calls/s", options.calls_per_second);
  if (options.HasPatience()) out += ", patience " + options.patience;
  if (options.shares > 1) out += Format(", share %d/%d", options.share, options.shares);
  out += Format(", %d thread%s, seed %llu\n", options.threads, options.threads == 1 ? "" : "s",
                static_cast<unsigned long long>(options.seed));
}

// Nothing if nothing was recorded: 0 ns would be a figure.
void PercentileLine(std::string& out, const char* name, const Histogram& histogram) {
  if (histogram.count() == 0) return;
  out += Format("%-11s", name);
  for (const Percentile& each : kPercentiles) {
    const bool told = histogram.Tells(each.percent);
    out += Format("%8s", told ? DurationText(histogram.PercentileNs(each.percent)).c_str() : "-");
  }
  if (histogram.below() > 0)
    out += Format("  %s below 100 ns", GroupedText(histogram.below()).c_str());
  if (histogram.above() > 0)
    out += Format("  %s above 1 hour", GroupedText(histogram.above()).c_str());
  out += '\n';
}

// One end of the intervals.
void IntervalLine(std::string& out, const char* name, const Report& report,
                  int64_t LatencyInterval::*end) {
  out += Format("%-11s", name);
  for (const Percentile& each : kPercentiles) {
    if (each.percent == 100) continue;
    const LatencyInterval* const interval = report.certainty.Of(each.percent);
    const bool known = interval != nullptr && interval->*end > 0;
    out += Format("%8s", known ? DurationText(interval->*end).c_str() : "-");
  }
  out += '\n';
}

void IntervalLines(std::string& out, const Report& report) {
  if (report.latency.count() == 0) return;
  if (report.certainty.intervals.empty()) {
    out += "  interval none, the run was too short to tell\n";
    return;
  }
  IntervalLine(out, "  from", report, &LatencyInterval::low_ns);
  IntervalLine(out, "  to", report, &LatencyInterval::high_ns);
}

// How the intervals were found, and what speaks against them.
void CertaintyLines(std::string& out, const Report& report) {
  const Certainty& certainty = report.certainty;
  if (certainty.intervals.empty()) return;
  out += Format(
      "           from and to: %.0f %% intervals, by how the latency moves between %d batches "
      "of %.3g s\n",
      100 * kIntervalConfidence, certainty.batches, certainty.batch_s);
  if (certainty.dependent) {
    out += "           even those follow each other: the truth may be farther off; run longer\n";
  }
  if (certainty.drift.found) out += "drift      " + DriftText(report) + "\n";
  for (const Wish& wish : report.options.until) {
    out += "until      " + WishText(report, wish) +
           Format(", after %.3g s of warm-up and %.3g s\n", report.warmup_took_s, report.seconds);
  }
}

void PercentileLines(std::string& out, const Report& report) {
  for (const HistogramField& each : kHistograms) {
    const bool naive = each.member == &Report::naive_latency;
    if (each.shown == Shown::kNever) continue;
    if (each.shown == Shown::kInOpenLoop && !report.options.IsOpenLoop()) continue;
    if (naive && report.latency.count() > 0 && report.naive_latency.count() == 0) {
      out += "  naive    none, a reply was owed all the time\n";
    }
    PercentileLine(out, each.name, report.*each.member);
    if (each.member == &Report::latency) IntervalLines(out, report);
  }
}

// "1,234 of 10,000 messages, 12.3 %; by the second 3.1 to 20.5 %".
std::string PartText(const Report& report, uint64_t count, PartOfSecond part) {
  const uint64_t ended = report.Ended();
  const double percent = 100 * static_cast<double>(count) / static_cast<double>(ended);
  std::string text =
      GroupedText(count) + " of " + GroupedText(ended) + " messages, " + Format("%.3g %%", percent);
  const auto range = OverSeconds(report, part);
  if (!range || report.timeline.size() < 2) return text;
  return text + Format("; by the second %.3g to %.3g %%", 100 * range->first, 100 * range->second);
}

// Who hung up for lack of patience, and who was answered in time.
void ServiceLevelLines(std::string& out, const Report& report) {
  const Options& options = report.options;
  if (Abandonment(options, report)) {
    out += "hung up    " + PartText(report, report.abandoned, Abandonment<Second>) +
           Format(", with %s caller%s\n", GroupedText(report.hang_ups).c_str(),
                  report.hang_ups == 1 ? "" : "s");
  }
  if (ServiceLevel(options, report)) {
    out += Format("in %-8s", DurationText(options.service_level_ns).c_str()) +
           PartText(report, report.in_time, ServiceLevel<Second>) + "\n";
  }
}

// "reactor 12.0us, queue 1.20ms, ..."
void AnatomyLine(std::string& out, const Report& report) {
  if (!report.anatomy) return;
  const Anatomy& anatomy = *report.anatomy;
  const auto time = [](double ns) {
    return (ns < 0 ? "-" : "") + DurationText(std::llround(std::abs(ns)));
  };
  out += "anatomy    " + time(anatomy.round_trip_ns) + " in the mean:";
  for (const AnatomyPart& part : kAnatomyParts) {
    const bool writes = part.ns == &Anatomy::write_ns;
    if (writes && !anatomy.write_known) continue;
    const bool both = part.ns == &Anatomy::service_ns && !anatomy.write_known;
    out +=
        std::string(" ") + part.key + (both ? " and write " : " ") + time(anatomy.*part.ns) + ",";
  }
  out += " rest " + time(anatomy.RestNs()) + "\n           the rest is " + kAnatomyRest + "\n";
}

void Figures(std::string& out, const Report& report) {
  out += Format(
      "messages   %s in %.2f s: %s/s, %s/s each way\n", GroupedText(report.messages).c_str(),
      report.seconds, GroupedText(static_cast<uint64_t>(report.MessagesPerSecond() + 0.5)).c_str(),
      BytesText(report.seconds > 0 ? static_cast<double>(report.bytes) / report.seconds : 0)
          .c_str());
  if (report.generator.calls > 0 && report.seconds > 0) {
    out += Format("calls      %s: %.6g/s\n", GroupedText(report.generator.calls).c_str(),
                  static_cast<double>(report.generator.calls) / report.seconds);
  }
  ServiceLevelLines(out, report);
  if (report.latency.count() == 0 && report.connect.count() == 0) return;
  out += Format("%-11s", "");
  for (const Percentile& each : kPercentiles) out += Format("%8s", each.name);
  out += '\n';
  PercentileLines(out, report);
  CertaintyLines(out, report);
  AnatomyLine(out, report);
  if (report.abandoned > 0) out += "           latency has who hung up with the time until then\n";
  if (!report.options.IsOpenLoop() || report.latency.count() == 0) return;
  out += "           latency is from the intended send time";
  if (report.naive_latency.count() > 0) {
    out +=
        "; naive is what a tester sees who sends only\n           when nothing is owed, which "
        "hides stalls";
  }
  out += '\n';
}

void ErrorLines(std::string& out, const Report& report) {
  for (const Shortfall& each : kShortfalls) {
    const uint64_t count = report.generator.*each.count;
    if (count == 0) continue;
    out += Format("%-11s%s message%s: %s\n", each.name, GroupedText(count).c_str(),
                  count == 1 ? "" : "s", each.meaning);
  }
  for (const auto& [error, count] : report.errors) {
    if (error.first == Phase::kVerify) continue;
    const auto measured = report.errors_measured.find(error);
    const uint64_t then = measured == report.errors_measured.end() ? 0 : measured->second;
    out +=
        Format("error      %s %s: %s%s\n", PhaseName(error.first), error.second.c_str(),
               GroupedText(count).c_str(),
               then == count ? "" : (", " + GroupedText(then) + " while it was measured").c_str());
  }
  if (report.errors.empty()) out += "errors     none\n";
}

void Objective(std::string& out, const Report& report) {
  const Options& options = report.options;
  out += Format("objective  p%.6g at most %s: %s\n", options.slo_percentile,
                DurationText(options.slo_limit_ns).c_str(), SearchResult(report).c_str());
  for (const SloStep& step : report.slo_steps) {
    const bool withheld = !report.verification.Passed();
    out += Format("%-11s%s/s: %s%s\n", step.is_long ? "long step" : "step",
                  RateText(step.rate).c_str(), withheld ? "" : (FigureText(step) + ", ").c_str(),
                  OutcomeText(step).c_str());
  }
}

void MachineLines(std::string& out, const Report& report) {
  if (report.machines.empty()) return;
  const bool withheld = !report.verification.Passed();
  const auto duration = [&](const std::optional<int64_t>& ns) {
    return ns && !withheld ? DurationText(*ns) : "-";
  };
  size_t width = 0;
  for (const MergedRun& each : report.machines) width = std::max(width, each.name.size());
  const int room = static_cast<int>(width);
  out += Format("machines   %-*s %12s %9s %9s  %-24s%s\n", room, "", "rate", "p99", "send lag",
                "clock", "verdict");
  for (const MergedRun& each : report.machines) {
    const auto rate = static_cast<uint64_t>(each.messages_per_second + 0.5);
    out += Format("           %-*s %12s %9s %9s  %-24s%s\n", room, each.name.c_str(),
                  withheld ? "-" : (GroupedText(rate) + "/s").c_str(),
                  duration(each.p99_ns).c_str(), duration(each.send_lag_p99_ns).c_str(),
                  ClockText(each).c_str(), each.verdict.c_str());
  }
}

void VerificationLine(std::string& out, const Report& report) {
  const Verification& verification = report.verification;
  out += Format("verified   %s bytes right in the whole run",
                GroupedText(verification.verified_bytes).c_str());
  const char* separator = ": ";
  if (!verification.Passed()) {
    out += "; wrong on " + GroupedText(verification.bad_connections) + " connections";
    for (const DamageKind& kind : kDamageKinds) {
      out += std::exchange(separator, ", ") + GroupedText(verification.damage.*kind.bytes) + " " +
             kind.name;
    }
  }
  out += '\n';
  if (!verification.first_wrong.empty()) {
    out += "first bad  " + verification.first_wrong + "\n";
  }
}

}  // namespace

std::string ClockText(const MergedRun& machine) {
  if (!machine.clock_ahead_s) return "-";
  const double ahead_s = *machine.clock_ahead_s;
  std::string text = ahead_s < 0 ? "-" : "+";
  text += DurationText(static_cast<int64_t>(std::abs(ahead_s) * 1e9));
  if (!machine.clock_error_s) return text;
  return text + " (to " + DurationText(static_cast<int64_t>(*machine.clock_error_s * 1e9)) + ")";
}

std::string ToText(const Report& report) {
  std::string out;
  Verdict(out, report);
  Configuration(out, report);
  if (report.verification.Passed()) {
    Figures(out, report);
  } else {
    out += "figures    none: a server that does not echo right has no speed\n";
  }
  MachineLines(out, report);
  ErrorLines(out, report);
  VerificationLine(out, report);
  for (const std::string& warning : report.warnings) out += "warning    " + warning + '\n';
  if (!report.slo_steps.empty()) Objective(out, report);
  return out;
}

}  // namespace switchboard::load
