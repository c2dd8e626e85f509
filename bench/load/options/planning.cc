#include "bench/load/options/planning.h"

#include <optional>
#include <stdexcept>

#include "bench/load/options/values.h"
#include "src/base/distribution.h"

namespace switchboard::load {
namespace {

constexpr int64_t kMostBytes = 256 << 10;  // what the server takes in one read

std::string_view WithoutCpu(std::string_view text) {
  constexpr std::string_view kCpu = "cpu:";
  return text.starts_with(kCpu) ? text.substr(kCpu.size()) : text;
}

}  // namespace

void SetMessageSize(const GivenOption& given, CommandLine& line) {
  const std::optional<int64_t> bytes = TakeWhole(given.value, kBytes);
  if (!bytes || *bytes < 1 || *bytes > kMostBytes) {
    Refuse(given, "give bytes from 1 to " + std::to_string(kMostBytes) + ", as in 64 or 64K");
  }
  line.planning.size_bytes = static_cast<uint32_t>(*bytes);
}

void SetServiceTime(const GivenOption& given, CommandLine& line) {
  try {
    Distribution::Check(WithoutCpu(given.value));
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("--service-time '" + std::string(given.value) + "' " +
                                error.what());
  }
  line.planning.service_time = given.value;
}

void SetGenerator(const GivenOption& given, CommandLine& line) {
  if (given.value != "here" && given.value != "elsewhere") Refuse(given, "give here or elsewhere");
  line.planning.generator_here = given.value == "here";
}

void SetObjective(const GivenOption& given, CommandLine& line) {
  const size_t equals = given.value.find('=');
  const bool complete = equals != given.value.npos;
  const std::optional<double> percent = TakePercentile(given.value.substr(0, equals));
  const auto units = std::span(kTimes).subspan(1);
  const double limit_s =
      complete ? TakeNumber(given.value.substr(equals + 1), units).value_or(0) : 0;
  if (!percent || *percent >= 100 || limit_s < 1e-6 || limit_s > 3600) {
    Refuse(given,
           "write a percentile (p50, p99, p99.9), '=' and a time of 1us to 1h with its unit, as in "
           "p99=5ms");
  }
  line.planning.objective_percentile = *percent;
  line.planning.objective_ns = static_cast<int64_t>(limit_s * 1e9 + 0.5);
}

}  // namespace switchboard::load
