#include "bench/load/options/staffing.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bench/load/base/units.h"
#include "bench/load/options/values.h"

namespace switchboard::load {
namespace {

constexpr int64_t kMaxServers = 1'000'000;
constexpr double kMaxCv = 100;
constexpr double kMaxTargetSeconds = 1e6;
constexpr double kMinRate = 0.001;
constexpr double kMaxRate = 1e9;
constexpr double kFinestWithin = 0.005;
constexpr double kCoarsestWithin = 0.5;

// A part from 0 on, of "95%". The number nearest to it comes of its digits only: 99.9 is no longer
// exact, and a hundredth of it is not 0.999.
std::optional<double> TakePercent(std::string_view text) {
  constexpr Unit kPercent[] = {{"%", 1}};
  if (!TakeNumber(text, kPercent)) return std::nullopt;
  return std::strtod((std::string(text.substr(0, text.size() - 1)) + "e-2").c_str(), nullptr);
}

}  // namespace

void SetServers(const GivenOption& given, CommandLine& line) {
  line.staffing.lines = std::string_view(given.name) == "lines";
  line.staffing.servers = 0;
  if (given.value == "auto") return;
  const std::optional<int64_t> number = TakeWhole(given.value, kCounts);
  if (!number || *number < 1 || *number > kMaxServers) {
    Refuse(given, "give a whole number from 1 to " + std::to_string(kMaxServers) +
                      ", or auto for as many as --target needs");
  }
  line.staffing.servers = *number;
}

void SetCv(const GivenOption& given, CommandLine& line) {
  constexpr Unit kPlain[] = {{"", 1}};
  const std::optional<double> cv = TakeNumber(given.value, kPlain);
  if (!cv || *cv > kMaxCv) {
    Refuse(given, Format("give the standard deviation of the service over its mean, from 0 to %g",
                         kMaxCv));
  }
  line.staffing.cv = *cv;
}

void SetTarget(const GivenOption& given, CommandLine& line) {
  const size_t slash = given.value.find('/');
  const bool has_time = slash != given.value.npos;
  const std::optional<double> share = TakePercent(std::string_view(given.value).substr(0, slash));
  const auto units = std::span(kTimes).subspan(1);
  const std::optional<double> limit_s =
      has_time ? TakeNumber(given.value.substr(slash + 1), units) : 0;
  const bool in_range = limit_s && *limit_s <= kMaxTargetSeconds && (*limit_s > 0 || !has_time);
  if (!share || *share <= 0 || *share >= 1 || !in_range) {
    Refuse(given,
           "write a part above 0% and below 100% of the callers, '/' and the time with its unit in "
           "which they are to be served, as in 80%/20ms");
  }
  line.staffing.share = *share;
  line.staffing.limit_s = *limit_s;
}

void SetRates(const GivenOption& given, CommandLine& line) {
  std::vector<double>& rates = line.staffing.rates;
  rates.clear();
  for (size_t begin = 0; begin <= given.value.size();) {
    const size_t end = std::min(given.value.find(',', begin), given.value.size());
    const std::optional<double> rate = TakeNumber(given.value.substr(begin, end - begin), kCounts);
    if (!rate || *rate < kMinRate || *rate > kMaxRate) {
      Refuse(given, Format("give numbers per second from %g to %.0f with commas between, as in "
                           "200,400,1k",
                           kMinRate, kMaxRate));
    }
    rates.push_back(*rate);
    begin = end + 1;
  }
  std::ranges::sort(rates);
}

void SetWithin(const GivenOption& given, CommandLine& line) {
  const std::optional<double> within = TakePercent(given.value);
  if (!within || *within < kFinestWithin || *within > kCoarsestWithin) {
    Refuse(given, Format("give a part of the mean wait from %g to %g %%, as in 5%%",
                         100 * kFinestWithin, 100 * kCoarsestWithin));
  }
  line.staffing.within = *within;
}

}  // namespace switchboard::load
