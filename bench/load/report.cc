#include "bench/load/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "bench/load/units.h"

namespace switchboard::load {

const char* PhaseName(Phase phase) {
  switch (phase) {
    case Phase::kConnect:
      return "connect";
    case Phase::kSend:
      return "send";
    case Phase::kReceive:
      return "receive";
    case Phase::kVerify:
      return "verify";
  }
  return "";
}

uint64_t Total(const Errors& errors) {
  uint64_t total = 0;
  for (const auto& [error, count] : errors) total += count;
  return total;
}

void AddTimeline(const std::vector<Second>& from, std::vector<Second>& to) {
  if (to.size() < from.size()) to.resize(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    to[i].messages += from[i].messages;
    to[i].bytes += from[i].bytes;
    to[i].errors += from[i].errors;
    to[i].latency.Merge(from[i].latency);
  }
}

double Report::MessagesPerSecond() const {
  return seconds > 0 ? static_cast<double>(messages) / seconds : 0;
}

std::string DurationText(int64_t duration_ns) {
  constexpr std::pair<double, const char*> kUnits[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}};
  char text[32];
  for (const auto& [unit_ns, name] : kUnits) {
    const double value = static_cast<double>(duration_ns) / unit_ns;
    // What rounds up to the next unit's 1 is shown in that unit.
    if (value < 0.9995) continue;
    const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    std::snprintf(text, sizeof(text), "%.*f %s", decimals, value, name);
    return text;
  }
  std::snprintf(text, sizeof(text), "%lld ns", static_cast<long long>(duration_ns));
  return text;
}

std::vector<const Second*> WholeTimeline(const Report& report) {
  constexpr double kLongestSeconds = 1e6;
  constexpr double kShortestRest = 0.1;  // a shorter rest without an answer is no second
  static const Second empty;
  const double seconds = std::clamp(report.seconds - kShortestRest, 0.0, kLongestSeconds);
  std::vector<const Second*> timeline;
  for (const Second& second : report.timeline) timeline.push_back(&second);
  timeline.resize(std::max(timeline.size(), static_cast<size_t>(std::ceil(seconds))), &empty);
  return timeline;
}

std::string ToCsv(const Report& report) {
  std::string csv = "second,messages,bytes,errors";
  for (const Percentile& each : kPercentiles) csv += Format(",%s_us", each.key);
  size_t index = 0;
  for (const Second* second : WholeTimeline(report)) {
    csv +=
        Format("\n%zu,%llu,%llu,%llu", index++, static_cast<unsigned long long>(second->messages),
               static_cast<unsigned long long>(second->bytes),
               static_cast<unsigned long long>(second->errors));
    const bool known = report.verification.Passed() && second->latency.count() > 0;
    for (const Percentile& each : kPercentiles) {
      const double us = static_cast<double>(second->latency.PercentileNs(each.percent)) / 1e3;
      csv += known ? Format(",%.3f", us) : ",";
    }
  }
  return csv + "\n";
}

}  // namespace switchboard::load
