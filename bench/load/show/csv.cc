#include "bench/load/show/csv.h"

#include "bench/load/base/units.h"

namespace switchboard::load {

std::string ToCsv(const Report& report) {
  std::string csv = "second,messages,bytes,errors";
  for (const Percentile& each : kPercentiles) csv += Format(",%s_us", each.key);
  size_t index = 0;
  for (const Second* second : WholeTimeline(report)) {
    csv +=
        Format("\n%zu,%llu,%llu,%llu", index++, static_cast<unsigned long long>(second->messages),
               static_cast<unsigned long long>(second->bytes),
               static_cast<unsigned long long>(second->errors));
    for (const Percentile& each : kPercentiles) {
      const bool known = report.verification.Passed() && second->latency.Tells(each.percent);
      const double us = static_cast<double>(second->latency.PercentileNs(each.percent)) / 1e3;
      csv += known ? Format(",%.3f", us) : ",";
    }
  }
  return csv + "\n";
}

}  // namespace switchboard::load
