#include "bench/load/report.h"

#include <cstdio>

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

std::string ToCsv(const Report& report) {
  std::string csv = "second,messages,bytes,errors,p50_us,p90_us,p99_us,p999_us,max_us\n";
  for (size_t i = 0; i < report.timeline.size(); ++i) {
    const Second& second = report.timeline[i];
    char line[256];
    const auto us = [&](double percent) {
      return static_cast<double>(second.latency.PercentileNs(percent)) / 1e3;
    };
    std::snprintf(line, sizeof(line), "%zu,%llu,%llu,%llu,%.3f,%.3f,%.3f,%.3f,%.3f\n", i,
                  static_cast<unsigned long long>(second.messages),
                  static_cast<unsigned long long>(second.bytes),
                  static_cast<unsigned long long>(second.errors), us(50), us(90), us(99), us(99.9),
                  us(100));
    csv += line;
  }
  return csv;
}

}  // namespace switchboard::load
