// What other programs read of a report's latency: the .hgrm file, and the buckets of the JSON by
// the formula that the README gives.

#include "bench/load/show/hgrm.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "bench/load/show/json.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

Report Exponential() {
  Report report = GoodReport();
  report.latency.Clear();
  std::mt19937_64 random(3);
  std::exponential_distribution<> latency_ms(1);
  for (int i = 0; i < 20'000; ++i) {
    report.latency.Record(50 + static_cast<int64_t>(1e6 * latency_ms(random)));
  }
  return report;
}

struct Line {
  double value_ms, share;
  uint64_t passed;
};

std::vector<Line> LinesOf(const std::string& hgrm) {
  std::istringstream text(hgrm);
  std::string row;
  std::getline(text, row);
  CHECK(row.find("Value     Percentile TotalCount 1/(1-Percentile)") != row.npos);
  std::vector<Line> lines;
  while (std::getline(text, row)) {
    if (row.empty() || row[0] == '#') continue;
    std::istringstream fields(row);
    Line line{};
    REQUIRE((fields >> line.value_ms >> line.share >> line.passed).operator bool());
    double inverse = 0;
    if (fields >> inverse) CHECK(inverse == doctest::Approx(1 / (1 - line.share)).epsilon(0.01));
    lines.push_back(line);
  }
  return lines;
}

TEST_CASE("ThePlotterReadsThePercentiles") {
  const Report report = Exponential();
  const std::vector<Line> lines = LinesOf(ToHgrm(report));
  REQUIRE(lines.size() > 50);
  for (size_t i = 0; i < lines.size(); ++i) {
    const auto expected = static_cast<double>(report.latency.PercentileNs(100 * lines[i].share));
    CHECK(lines[i].value_ms == doctest::Approx(expected / 1e6).epsilon(1e-6));
    CHECK(static_cast<double>(lines[i].passed) >=
          lines[i].share * static_cast<double>(report.latency.count()) * 0.999999);
    if (i > 0) CHECK(lines[i].share > lines[i - 1].share);
    if (i > 0) CHECK(lines[i].value_ms >= lines[i - 1].value_ms);
  }
  CHECK(lines.front().share == 0);
  CHECK(lines.back().share == 1);
  CHECK(lines.back().passed == report.latency.count());
  CHECK(lines.back().value_ms ==
        doctest::Approx(static_cast<double>(report.latency.max_ns()) / 1e6));
}

TEST_CASE("TheFootHasMeanDeviationAndCount") {
  const std::string hgrm = ToHgrm(Exponential());
  const size_t mean_at = hgrm.find("#[Mean    =");
  const size_t deviation_at = hgrm.find("StdDeviation   =");
  REQUIRE(mean_at != hgrm.npos);
  REQUIRE(deviation_at != hgrm.npos);
  CHECK(std::stod(hgrm.substr(mean_at + 11)) == doctest::Approx(1).epsilon(0.03));
  CHECK(std::stod(hgrm.substr(deviation_at + 16)) == doctest::Approx(1).epsilon(0.05));
  CHECK(hgrm.find("Total count    =          20000]") != hgrm.npos);
}

TEST_CASE("NothingIsTheDistributionOfNothingAndOfAWrongEcho") {
  Report report = Exponential();
  report.verification.bad_connections = 1;
  for (const Report& each : {report, Report()}) {
    CHECK(LinesOf(ToHgrm(each)).empty());
    CHECK(ToHgrm(each).find("Total count    =              0]") != std::string::npos);
  }
}

// Nothing but what the README says of the JSON.
double PercentileByFormula(const Json& histogram, double share) {
  const auto precision = histogram["precision_bits"].AsNumber();
  double passed = histogram["below"].AsNumber();
  // 99.9 % of 20,000 is 19,980 exactly, whatever the rounding of 0.999 says.
  const double wanted = share * histogram["count"].AsNumber() * (1 - 1e-12);
  for (const Json& bucket : histogram["buckets"].AsArray()) {
    const double index = bucket.AsArray()[0].AsNumber();
    passed += bucket.AsArray()[1].AsNumber();
    if (passed < wanted) continue;
    const double steps = std::exp2(precision);
    const double octave = std::floor(index / steps);
    const double mantissa = steps + index - octave * steps;
    return (mantissa + 1) * std::exp2(6 + octave - precision) - 1;  // the last that is in it
  }
  return histogram["max_ns"].AsNumber();
}

TEST_CASE("TheBucketsAreDecodedByTheFormula") {
  const Report report = Exponential();
  const Json json = Json::Parse(ToJson(report).ToString());
  for (const Percentile& each : kPercentiles) {
    if (!report.latency.Tells(each.percent) || each.percent == 100) continue;
    CAPTURE(std::string(each.key));
    const double us = json["latency_us"][each.key].AsNumber();
    CHECK(PercentileByFormula(json["histograms"]["latency"], each.percent / 100) / 1e3 ==
          doctest::Approx(us).epsilon(1e-5));
  }
}

TEST_CASE("EveryBucketIsWhereTheFormulaSays") {
  for (const int precision : {4, 5, 7, 10}) {
    const Histogram histogram(precision);
    const uint32_t steps = 1u << precision;
    for (const uint32_t index : {5 * steps, 8 * steps + 3, 13 * steps - 1, 35 * steps}) {
      CAPTURE(precision);
      CAPTURE(index);
      const uint32_t octave = index / steps;
      const double width = std::exp2(6.0 + octave - precision);
      const auto [first_ns, last_ns] = histogram.BucketRangeNs(index);
      CHECK(static_cast<double>(first_ns) == std::ceil((steps + index % steps) * width));
      CHECK(static_cast<double>(last_ns + 1) == std::ceil((steps + index % steps + 1) * width));
    }
  }
}

}  // namespace
}  // namespace switchboard::load
