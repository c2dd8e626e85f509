#include "bench/load/show/gate.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "bench/load/base/exit_status.h"
#include "bench/load/base/units.h"
#include "bench/load/measure/histogram.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/options/values.h"
#include "bench/load/show/json.h"

namespace switchboard::load {
namespace {

constexpr const char* kLatency = "latency_us";

std::vector<std::string> PathOf(const std::string& name) {
  for (const Percentile& each : kPercentiles) {
    if (name == each.key || name == each.name) return {kLatency, each.key};
  }
  std::vector<std::string> path;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('.', begin), name.size());
    path.push_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return path;
}

const Json* Find(const Json& report, const std::vector<std::string>& path) {
  const Json* found = &report;
  for (const std::string& key : path) {
    found = found != nullptr && found->IsObject() ? found->Find(key) : nullptr;
  }
  return found;
}

// A list of errors is as much as it counts.
std::optional<double> FigureOf(const Json& json) {
  if (json.IsNumber()) return json.AsNumber();
  if (!json.IsArray()) return std::nullopt;
  double sum = 0;
  for (const Json& each : json.AsArray()) {
    const Json* const count = each.IsObject() ? each.Find("count") : nullptr;
    if (count == nullptr) return std::nullopt;
    sum += count->AsNumber();
  }
  return sum;
}

// How many of a figure's own unit are a second; 0 if it is no time.
double PerSecond(const std::vector<std::string>& path) {
  constexpr Unit kSuffixes[] = {{"_us", 1e6}, {"_ns", 1e9}, {"_s", 1}};
  for (const std::string& key : path) {
    for (const Unit& suffix : kSuffixes) {
      if (std::string_view(key).ends_with(suffix.name)) return suffix.factor;
    }
  }
  return 0;
}

std::optional<double> LimitOf(const std::string& text, double per_second) {
  if (const std::optional<double> number = TakeNumber(text, kCounts)) return number;
  const std::optional<double> seconds = TakeNumber(text, kTimes);
  return seconds && per_second > 0 ? std::optional(*seconds * per_second) : std::nullopt;
}

bool Compare(double figure, const std::string& comparison, double limit) {
  if (comparison == ">") return figure > limit;
  if (comparison == ">=") return figure >= limit;
  if (comparison == "<") return figure < limit;
  return figure <= limit;
}

}  // namespace

Condition::Condition(const std::string& text) : text_(text) {
  const auto refuse = [&](const std::string& why) {
    throw std::invalid_argument("--fail-if cannot be '" + text + "'; " + why);
  };
  const size_t at = text.find_first_of("<>");
  if (at == text.npos) refuse("write a figure, < or > and a limit, as in p99>1ms");
  const size_t limit_at = at + (text.compare(at + 1, 1, "=") == 0 ? 2 : 1);
  comparison_ = text.substr(at, limit_at - at);
  path_ = PathOf(text.substr(0, at));
  static const Json figures = ToJson(Report());
  const Json* const figure = Find(figures, path_);
  if (figure == nullptr || !(figure->IsNull() || FigureOf(*figure))) {
    refuse("the JSON has no figure '" + text.substr(0, at) + "'");
  }
  const std::optional<double> limit = LimitOf(text.substr(limit_at), PerSecond(path_));
  if (!limit) refuse("'" + text.substr(limit_at) + "' is no limit for that figure");
  limit_ = *limit;
}

std::string Condition::WhyItHolds(const Json& report) const {
  const Json* const json = Find(report, path_);
  const std::optional<double> figure = json != nullptr ? FigureOf(*json) : std::nullopt;
  if (!figure) return "--fail-if " + text_ + ": the figure is not known";
  if (!Compare(*figure, comparison_, limit_)) return "";
  return "--fail-if " + text_ + ": it is " + Format("%.6g", *figure);
}

Gate::Gate(const std::vector<std::string>& fail_if, bool is_strict)
    : conditions(fail_if.begin(), fail_if.end()), strict(is_strict) {}

int ExitStatus(const Report& report, const Json& json, const Gate& gate) {
  if (report.messages == 0 && !report.interrupted && report.verification.Passed()) {
    return kExitFailed;
  }
  if (!report.verification.Passed()) return kExitVerification;
  bool failed = false;
  for (const Condition& condition : gate.conditions) {
    const std::string why = condition.WhyItHolds(json);
    if (!why.empty()) std::fprintf(stderr, "switchboard-load: %s\n", why.c_str());
    failed |= !why.empty();
  }
  if (failed) return kExitCondition;
  if (report.verdict == kTargetNotReached) return kExitNotReached;
  return gate.strict && report.verdict != kValid ? kExitNotValid : 0;
}

}  // namespace switchboard::load
