#include "bench/load/merge/merge.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "bench/load/base/units.h"
#include "bench/load/certainty/assess.h"
#include "bench/load/measure/combine.h"
#include "bench/load/measure/machines.h"
#include "bench/load/measure/objective.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/merge/warnings.h"

namespace switchboard::load {
namespace {

// "a, b": each distinct text once, in order.
template <typename Field>
std::string Together(const std::vector<Part>& parts, Field field) {
  std::vector<std::string> distinct;
  for (const Part& part : parts) {
    const std::string& each = field(part.report);
    if (std::ranges::find(distinct, each) == distinct.end()) distinct.push_back(each);
  }
  std::string text;
  for (const std::string& each : distinct) text += (text.empty() ? "" : ", ") + each;
  return text;
}

void CheckTheyAddUp(const std::vector<Part>& parts) {
  for (const Part& part : parts) {
    const std::string pair = "'" + parts.front().name + "' and '" + part.name + "'";
    if (part.report.options.slo_percentile > 0) {
      throw std::runtime_error("'" + part.name +
                               "' searched for a rate with --slo; merge runs of one load each");
    }
    if (part.report.options.IsOpenLoop() != parts.front().report.options.IsOpenLoop()) {
      throw std::runtime_error("one of " + pair +
                               " is an open loop and one a closed loop; merge runs of one kind");
    }
  }
}

// Two runs on one machine do not double its CPUs.
Machine AllMachines(const std::vector<Part>& parts) {
  Machine all;
  const auto field = [&](std::string Machine::*member) {
    return Together(parts, [&](const Report& report) { return report.machine.*member; });
  };
  all.host = field(&Machine::host);
  all.kernel = field(&Machine::kernel);
  all.cpu = field(&Machine::cpu);
  all.compiler = field(&Machine::compiler);
  all.version = field(&Machine::version);
  all.started_at = parts.front().report.machine.started_at;
  std::set<std::string> hosts;
  for (const Part& part : parts) {
    const Machine& machine = part.report.machine;
    if (hosts.insert(machine.host).second) all.cpus += machine.cpus;
    all.started_at = std::min(all.started_at, machine.started_at);
  }
  return all;
}

// Rates add up only while all run.
void CheckTheyOverlap(const std::vector<Part>& parts) {
  if (!HaveWindows(parts)) return;
  const auto start = [](const Part& part) { return part.report.window_start_s; };
  const auto end = [](const Part& part) { return part.report.window_end_s; };
  const Part& last = *std::ranges::max_element(parts, {}, start);
  const Part& first = *std::ranges::min_element(parts, {}, end);
  if (start(last) < end(first)) return;
  throw std::runtime_error(
      Format("'%s' began %.2f s after '%s' had ended, by their clocks; merge "
             "runs of the same time",
             last.name.c_str(), start(last) - end(first), first.name.c_str()));
}

// Moves each timeline to where it was, to a second and to a bin, in the time that all runs took
// together.
void Align(std::vector<Part>& parts) {
  if (!HaveWindows(parts)) return;
  const double begin_s = std::ranges::min_element(parts, {}, [](const Part& part) {
                           return part.report.window_start_s;
                         })->report.window_start_s;
  for (Part& part : parts) {
    const double late_s = part.report.window_start_s - begin_s;
    const auto late = static_cast<size_t>(std::lround(late_s));
    part.report.timeline.insert(part.report.timeline.begin(), late, Second());
    Bins bins;
    bins.Add(part.report.bins, std::llround(late_s * 1e9));
    part.report.bins = std::move(bins);
  }
}

// The time that all runs took together.
double SecondsOf(const std::vector<Part>& parts, const Report& all) {
  return HaveWindows(parts) ? all.window_end_s - all.window_start_s : all.seconds;
}

// What a machine added, in a row; those of a part that was merged itself.
void AddRows(const Part& part, std::vector<MergedRun>& rows) {
  const Report& report = part.report;
  if (!report.machines.empty()) {
    rows.insert(rows.end(), report.machines.begin(), report.machines.end());
    return;
  }
  const auto p99_ns = [](const Histogram& histogram) {
    return histogram.Tells(99) ? std::optional(histogram.PercentileNs(99)) : std::nullopt;
  };
  rows.push_back({.name = part.name,
                  .host = report.machine.host,
                  .share = report.options.share,
                  .shares = report.options.shares,
                  .window_start_s = report.window_start_s,
                  .window_end_s = report.window_end_s,
                  .messages = report.messages,
                  .messages_per_second = report.MessagesPerSecond(),
                  .p99_ns = p99_ns(report.latency),
                  .send_lag_p99_ns = p99_ns(report.send_lag),
                  .clock_ahead_s = report.machine.clock_ahead_s,
                  .clock_error_s = report.machine.clock_error_s,
                  .verdict = report.verdict,
                  .reasons = report.reasons});
}

// Moves each window to where it was by the clock that all go by, if each machine knows how far its
// own is ahead of that.
void CorrectClocks(std::vector<Part>& parts) {
  const auto known = [](const Part& part) { return part.report.machine.clock_ahead_s.has_value(); };
  if (!HaveWindows(parts) || !std::ranges::all_of(parts, known)) return;
  for (Part& part : parts) {
    part.report.window_start_s -= *part.report.machine.clock_ahead_s;
    part.report.window_end_s -= *part.report.machine.clock_ahead_s;
  }
}

}  // namespace

Report Merge(const std::vector<Part>& given) {
  std::vector<Part> parts = given;
  for (Part& part : parts) {
    Judge(part.report);
    JudgeSearch(part.report);
    JudgeMachines(part.report);
  }
  if (parts.size() == 1) return parts.front().report;
  CheckTheyAddUp(parts);
  CorrectClocks(parts);
  CheckTheyOverlap(parts);
  Align(parts);
  Report all = parts.front().report;
  all.machines.clear();
  for (const Part& part : parts) AddRows(part, all.machines);
  for (size_t i = 1; i < parts.size(); ++i) {
    try {
      Combine(parts[i].report, all);
      Combine(parts[i].report.options, all.options);
    } catch (const std::invalid_argument& error) {
      throw std::runtime_error("cannot add '" + parts[i].name + "': " + error.what());
    }
  }
  all.seconds = SecondsOf(parts, all);
  all.certainty = AssessTimeline(all);
  all.machine = AllMachines(parts);
  all.warnings = Warnings(parts, all);
  all.options.share = all.options.shares = 1;
  Judge(all);
  JudgeMachines(all);
  return all;
}

}  // namespace switchboard::load
