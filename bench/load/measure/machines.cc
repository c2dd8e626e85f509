#include "bench/load/measure/machines.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "bench/load/base/units.h"
#include "bench/load/measure/verdict.h"

namespace switchboard::load {
namespace {

constexpr double kLeastTogether = 0.9;  // of the time from the first start to the last end

int Badness(const std::string& verdict) {
  const char* const order[] = {kValid,          kNotStationary, kTargetNotReached,
                               kGeneratorBound, kTooShort,      kVerificationFailed};
  return static_cast<int>(std::ranges::find(order, verdict) - std::begin(order));
}

struct Finding {
  std::string verdict = kValid;
  std::vector<std::string> reasons;

  void Add(const std::string& other, const std::string& reason) {
    if (Badness(other) > Badness(verdict)) verdict = other;
    reasons.push_back(reason);
  }
};

void CheckEach(const std::vector<MergedRun>& machines, Finding& found) {
  for (const MergedRun& machine : machines) {
    if (machine.verdict == kValid) continue;
    for (const std::string& each : machine.reasons) {
      found.Add(machine.verdict, machine.name + ": " + each);
    }
  }
}

void CheckTogether(const std::vector<MergedRun>& machines, Finding& found) {
  if (std::ranges::any_of(machines, [](const auto& each) { return each.window_end_s == 0; })) {
    return;  // a file of the first schema does not say when it was
  }
  const auto [first_start, last_start] =
      std::ranges::minmax(machines, {}, &MergedRun::window_start_s);
  const auto [first_end, last_end] = std::ranges::minmax(machines, {}, &MergedRun::window_end_s);
  const double whole_s = last_end.window_end_s - first_start.window_start_s;
  const double together_s = first_end.window_end_s - last_start.window_start_s;
  if (together_s >= kLeastTogether * whole_s) return;
  found.Add(kTooShort,
            Format("all machines measured together for only %.2f of %.2f s, by their clocks; start "
                   "them at one moment with --start-at, for the same --duration",
                   std::max(0.0, together_s), whole_s));
}

}  // namespace

void JudgeMachines(Report& report) {
  if (report.machines.empty()) return;
  Finding found;
  CheckTogether(report.machines, found);
  CheckEach(report.machines, found);
  if (found.verdict == kValid) return;
  // What the machines say, the whole need not say again.
  if (Badness(report.verdict) <= Badness(found.verdict)) report.reasons.clear();
  if (Badness(report.verdict) < Badness(found.verdict)) report.verdict = found.verdict;
  report.reasons.insert(report.reasons.end(), found.reasons.begin(), found.reasons.end());
}

}  // namespace switchboard::load
