// The timeline in bins: how it grows, adds up and comes back from a file.

#include "bench/load/measure/bins.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "bench/load/measure/combine.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/run/load.h"
#include "bench/load/show/json.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kBinMs = Bins::kShortestNs / kMs;

uint64_t Messages(const Bins& bins) {
  uint64_t messages = 0;
  for (const Bin& bin : bins.all()) messages += bin.latency.count();
  return messages;
}

TEST_CASE("AStallOf50MsHasABinOfItsOwn") {
  Bins bins;
  for (int64_t at_ms = 0; at_ms < 1000; ++at_ms) bins.At(at_ms * kMs).latency.Record(kMs);
  bins.At(449 * kMs).latency.Record(50 * kMs);
  REQUIRE(bins.all().size() == 10);
  for (size_t i = 0; i < 10; ++i) {
    CHECK(bins.all()[i].latency.max_ns() == (i == 4 ? 50 * kMs : kMs));
  }
}

TEST_CASE("ALongRunHasLongerBinsAndNotMore") {
  Bins bins;
  bins.MakeRoom(1);
  const int64_t end_ms = 20 * static_cast<int64_t>(Bins::kMost) * kBinMs;
  uint64_t errors = 0;
  for (int64_t at_ms = 0; at_ms < end_ms; at_ms += kBinMs / 2) {
    bins.At(at_ms * kMs).latency.Record(at_ms * kMs + 1000);
    if (at_ms % 3 == 0) ++bins.At(at_ms * kMs).errors, ++errors;
  }
  CHECK(bins.all().size() <= Bins::kMost);
  CHECK(bins.all().size() > Bins::kMost / 2);
  CHECK(bins.bin_ns() == 32 * Bins::kShortestNs);
  CHECK(Messages(bins) == static_cast<uint64_t>(end_ms / (kBinMs / 2)));
  for (size_t i = 0; i < bins.all().size(); ++i) {
    const Bin& bin = bins.all()[i];
    errors -= bin.errors;
    // Each has its own values and no others.
    const auto begin_ns = static_cast<int64_t>(i) * bins.bin_ns();
    CHECK(bin.latency.min_ns() >= begin_ns);
    CHECK(bin.latency.max_ns() <= begin_ns + bins.bin_ns() + 1000);
  }
  CHECK(errors == 0);
}

TEST_CASE("PartsOfOneRunAddUp") {
  Bins a, b;
  a.At(0).latency.Record(kMs);
  b.At(0).latency.Record(3 * kMs);
  b.At(950 * kMs).errors = 2;
  a.Add(b);
  REQUIRE(a.all().size() == 10);
  CHECK(a.all()[0].latency.count() == 2);
  CHECK(a.all()[0].latency.max_ns() == 3 * kMs);
  CHECK(a.all()[9].errors == 2);
}

TEST_CASE("BinsOfTwoLengthsAddUpToTheLongerOne") {
  Bins longer, shorter;
  longer.At(static_cast<int64_t>(Bins::kMost) * Bins::kShortestNs).latency.Record(kMs);
  REQUIRE(longer.bin_ns() == 2 * Bins::kShortestNs);
  for (int i = 0; i < 5; ++i) shorter.At(i * Bins::kShortestNs).latency.Record(kMs);
  for (Bins* first : {&longer, &shorter}) {
    Bins sum = *first;
    sum.Add(first == &longer ? shorter : longer);
    CHECK(sum.bin_ns() == 2 * Bins::kShortestNs);
    CHECK(sum.all()[0].latency.count() == 2);
    CHECK(sum.all()[2].latency.count() == 1);
    CHECK(Messages(sum) == 6);
  }
}

TEST_CASE("ALaterRunStandsLater") {
  Bins bins, later;
  for (int i = 0; i < 3; ++i) bins.At(i * Bins::kShortestNs).latency.Record(kMs * (i + 1));
  later.Add(bins, 740 * kMs);  // to the nearest
  REQUIRE(later.all().size() == 10);
  CHECK(later.all()[6].latency.count() == 0);
  for (int64_t i = 0; i < 3; ++i) {
    CHECK(later.all()[static_cast<size_t>(7 + i)].latency.max_ns() == kMs * (i + 1));
  }
}

TEST_CASE("ACopyIsApart") {
  Bins bins;
  bins.At(0).latency.Record(kMs);
  Bins copy = bins;
  copy.At(0).latency.Record(kMs);
  CHECK(Messages(bins) == 1);
  CHECK(Messages(copy) == 2);
}

TEST_CASE("BinsComeBackFromAFile") {
  Report report = GoodReport();
  report.bins.At(0).latency.Record(kMs, 999);
  report.bins.At(730 * kMs).latency.Record(50 * kMs);
  report.bins.At(730 * kMs).errors = 4;
  const Report back = FromJson(Json::Parse(ToJson(report).ToString()));
  REQUIRE(back.bins.all().size() == 8);
  CHECK(back.bins.bin_ns() == Bins::kShortestNs);
  CHECK(back.bins.all()[0].latency.count() == 999);
  CHECK(back.bins.all()[7].latency.max_ns() == 50 * kMs);
  CHECK(back.bins.all()[7].errors == 4);
}

TEST_CASE("RefusesBinsThatCannotBe") {
  const auto refused = [](int64_t bin_ns, std::vector<Bin> bins) {
    CHECK_THROWS_AS(Bins(bin_ns, std::move(bins)), std::invalid_argument);
  };
  for (const int64_t bin_ns : {int64_t{0}, int64_t{-1}, int64_t{1}, Bins::kShortestNs - 1,
                               3 * Bins::kShortestNs, INT64_MAX}) {
    CAPTURE(bin_ns);
    refused(bin_ns, std::vector<Bin>(1));
  }
  refused(Bins::kShortestNs, std::vector<Bin>(Bins::kMost + 1));
  std::vector<Bin> finer(1);
  finer[0].latency = Histogram(Bin::kPrecisionBits + 1);
  refused(Bins::kShortestNs, finer);
  CHECK_NOTHROW(Bins(4 * Bins::kShortestNs, std::vector<Bin>(Bins::kMost)));
}

TEST_CASE("ARunFillsItsBins") {
  TestServer server(Echo);
  Options options = ShortRun(server.target());
  options.duration_s = 0.35;
  const Report report = RunLoad(options);
  CHECK(report.bins.bin_ns() == Bins::kShortestNs);
  CHECK(report.bins.all().size() <= 4);
  CHECK(Messages(report.bins) == report.messages);
}

}  // namespace
}  // namespace switchboard::load
