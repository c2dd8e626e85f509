#include "bench/load/merge/merge.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <set>
#include <stdexcept>
#include <utility>

#include "bench/load/base/units.h"
#include "bench/load/certainty/assess.h"
#include "bench/load/measure/combine.h"
#include "bench/load/measure/objective.h"
#include "bench/load/measure/verdict.h"

namespace switchboard::load {
namespace {

constexpr double kMostSecondsApart = 2;     // of the starts, before it is worth a warning
constexpr double kMostLengthsApart = 1.02;  // the same of the lengths, as a ratio

using Strings = std::vector<std::string>;

void AddOnce(Strings& list, const std::string& each) {
  if (std::find(list.begin(), list.end(), each) == list.end()) list.push_back(each);
}

// "a, b": each distinct text once, in order.
template <typename Field>
std::string Together(const std::vector<Part>& parts, Field field) {
  Strings distinct;
  for (const Part& part : parts) AddOnce(distinct, field(part.report));
  std::string text;
  for (const std::string& each : distinct) text += (text.empty() ? "" : ", ") + each;
  return text;
}

template <typename Field>
bool Differ(const std::vector<Part>& parts, Field field) {
  return std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
    return field(part.report) != field(parts.front().report);
  });
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

// Seconds since the epoch; 0 if the text is no time.
double StartOf(const Report& report) {
  std::tm utc{};
  const char* const end = ::strptime(report.machine.started_at.c_str(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return end == nullptr ? 0 : static_cast<double>(::timegm(&utc));
}

bool HaveWindows(const std::vector<Part>& parts) {
  return std::ranges::all_of(parts, [](const Part& part) { return part.report.window_end_s > 0; });
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

// Moves each timeline to where it was, to a second, in the time that all runs took together.
void Align(std::vector<Part>& parts) {
  if (!HaveWindows(parts)) return;
  const double begin_s = std::ranges::min_element(parts, {}, [](const Part& part) {
                           return part.report.window_start_s;
                         })->report.window_start_s;
  for (Part& part : parts) {
    const auto late = static_cast<size_t>(std::lround(part.report.window_start_s - begin_s));
    part.report.timeline.insert(part.report.timeline.begin(), late, Second());
  }
}

// The time that all runs took together.
double SecondsOf(const std::vector<Part>& parts, const Report& all) {
  return HaveWindows(parts) ? all.window_end_s - all.window_start_s : all.seconds;
}

void WarnOfTimes(const std::vector<Part>& parts, const Report& all, Strings& warnings) {
  const auto seconds = [](const Part& part) { return part.report.seconds; };
  const auto [shortest, longest] = std::ranges::minmax(parts, {}, seconds);
  if (!HaveWindows(parts)) {
    const auto start = [](const Part& part) { return StartOf(part.report); };
    const auto [first, last] = std::ranges::minmax(parts, {}, start);
    if (start(first) > 0 && start(last) - start(first) > kMostSecondsApart) {
      warnings.push_back(
          Format("the runs started up to %.0f s apart by their clocks; rates add up "
                 "only for runs at the same time",
                 start(last) - start(first)));
    }
    if (seconds(longest) > seconds(shortest) * kMostLengthsApart) {
      warnings.push_back(
          Format("the runs were %.2f to %.2f s long; the rate is that over the longest",
                 seconds(shortest), seconds(longest)));
    }
  } else if (all.seconds > seconds(shortest) * kMostLengthsApart) {
    warnings.push_back(
        Format("together the runs took %.2f s, over which the rate is, and each alone "
               "%.2f to %.2f s; their timelines are aligned to a second",
               all.seconds, seconds(shortest), seconds(longest)));
  }
}

void WarnOfTwins(const std::vector<Part>& parts, Strings& warnings) {
  for (size_t i = 0; i < parts.size(); ++i) {
    for (size_t j = i + 1; j < parts.size(); ++j) {
      const Report &a = parts[i].report, &b = parts[j].report;
      if (a.options.seed != b.options.seed) continue;
      const bool same_run = a.messages == b.messages && a.machine.host == b.machine.host &&
                            a.machine.started_at == b.machine.started_at;
      warnings.push_back("'" + parts[i].name + "' and '" + parts[j].name +
                         (same_run ? "' seem to be the same run, which then counts twice"
                                   : "' have the same seed and so the same byte streams: bytes "
                                     "swapped between them passed for right; leave out --seed, or "
                                     "give each its own"));
    }
  }
}

Strings Warnings(const std::vector<Part>& parts, const Report& all) {
  Strings warnings;
  for (const Part& part : parts) {
    for (const std::string& each : part.report.warnings) AddOnce(warnings, part.name + ": " + each);
  }
  const auto warn = [&](const char* what, auto field) {
    if (!Differ(parts, [&](const Report& report) { return field(report.options); })) return;
    warnings.push_back(std::string("the runs differ in ") + what);
  };
  warn("their target", [](const Options& o) { return o.target; });
  warn("--size", [](const Options& o) { return std::pair(o.min_size_bytes, o.max_size_bytes); });
  warn("--depth", [](const Options& o) { return o.depth; });
  warn("--arrivals", [](const Options& o) { return o.arrivals; });
  warn("--messages-per-call", [](const Options& o) { return o.messages_per_call; });
  WarnOfTimes(parts, all, warnings);
  WarnOfTwins(parts, warnings);
  return warnings;
}

int Badness(const std::string& verdict) {
  const char* const order[] = {kValid,          kNotStationary, kTargetNotReached,
                               kGeneratorBound, kTooShort,      kVerificationFailed};
  return static_cast<int>(std::find(std::begin(order), std::end(order), verdict) -
                          std::begin(order));
}

// A sum can hide what is wrong with a part: one late generator among punctual ones.
void JudgeAll(const std::vector<Part>& parts, Report& all) {
  Judge(all);
  std::string worst = kValid;
  Strings reasons;
  for (const Part& part : parts) {
    if (part.report.verdict == kValid) continue;
    if (Badness(part.report.verdict) > Badness(worst)) worst = part.report.verdict;
    for (const std::string& each : part.report.reasons) reasons.push_back(part.name + ": " + each);
  }
  if (worst == kValid) return;
  // What the parts say, the whole need not say again.
  if (Badness(all.verdict) <= Badness(worst)) all.reasons.clear();
  if (Badness(all.verdict) < Badness(worst)) all.verdict = worst;
  all.reasons.insert(all.reasons.end(), reasons.begin(), reasons.end());
}

}  // namespace

Report Merge(const std::vector<Part>& given) {
  std::vector<Part> parts = given;
  for (Part& part : parts) {
    Judge(part.report);
    JudgeSearch(part.report);
  }
  if (parts.size() == 1) return parts.front().report;
  CheckTheyAddUp(parts);
  CheckTheyOverlap(parts);
  Align(parts);
  Report all = parts.front().report;
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
  JudgeAll(parts, all);
  return all;
}

}  // namespace switchboard::load
