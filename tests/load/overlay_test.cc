// Runs over each other: how far they differ, and the page that shows it.

#include "bench/load/report/overlay.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "bench/load/measure/verdict.h"
#include "bench/load/report/differences.h"
#include "bench/load/show/json.h"
#include "bench/load/show/page/frame.h"
#include "tests/load/support.h"
#include "tests/support/files.h"

namespace switchboard::load {
namespace {

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Three seconds of `per_bin` messages of `latency_ns` in each bin, back from its JSON.
Report Steady(uint64_t per_bin, int64_t latency_ns) {
  Report report = GoodReport();
  report.seconds = 3;
  report.latency.Clear();
  for (int64_t bin = 0; bin < 30; ++bin) {
    report.bins.At(bin * Bins::kShortestNs).latency.Record(latency_ns, per_bin);
  }
  report.messages = 30 * per_bin;
  report.latency.Record(latency_ns, report.messages);
  const auto from = static_cast<int64_t>(static_cast<double>(latency_ns) * 0.9);
  report.certainty.intervals = {{99, latency_ns, from, latency_ns}};
  report.verdict = kValid;
  return FromJson(Json::Parse(ToJson(report).ToString()));
}

Overlay Two() {
  return {{{"a.json", Steady(100, 1'000'000)}, {"b.json", Steady(150, 2'000'000)}}, "", {}};
}

const ComparedFigure& Named(const std::vector<ComparedFigure>& figures, const std::string& name) {
  for (const ComparedFigure& each : figures) {
    if (each.name == name) return each;
  }
  FAIL("no figure ", name);
  return figures.front();
}

}  // namespace

TEST_CASE("ARatiosIntervalComesFromBoth") {
  const Estimate first{100, std::pair(90.0, 110.0)}, other{120, std::pair(108.0, 132.0)};
  const RatioEstimate ratio = RatioOf(first, other).value();
  CHECK(ratio.ratio == doctest::Approx(1.2));
  CHECK(ratio.interval.value().first == doctest::Approx(1.0411).epsilon(0.0001));
  CHECK(ratio.interval.value().second == doctest::Approx(1.3832).epsilon(0.0001));
  CHECK(ratio.Differs());
  const RatioEstimate back = RatioOf(other, first).value();
  CHECK(back.interval.value().first == doctest::Approx(1 / 1.3832).epsilon(0.0001));
  CHECK_FALSE(RatioOf(first, {105, std::pair(95.0, 115.0)}).value().Differs());
}

TEST_CASE("WhatIsNotKnownIsNoDifference") {
  const Estimate known{100, std::pair(90.0, 110.0)}, unknown{500, {}};
  CHECK_FALSE(RatioOf(known, unknown).value().Differs());
  CHECK_FALSE(RatioOf(unknown, known).value().interval.has_value());
  CHECK_FALSE(RatioOf(known, {0, {}}).has_value());
  CHECK_FALSE(RatioOf({0, {}}, known).has_value());
  CHECK_FALSE(RatioOf(known, {10, std::pair(0.0, 20.0)}).value().interval.has_value());
}

TEST_CASE("DifferencesOfKnownRunsAreRight") {
  const Overlay two = Two();
  const auto first = FiguresOf(two.runs[0].report), other = FiguresOf(two.runs[1].report);
  const auto ratio = [&](const char* name) {
    return RatioOf(Named(first, name).estimate.value(), Named(other, name).estimate.value())
        .value();
  };
  // All bins are the same, so that nothing is unsure.
  for (const char* name : {"messages/s", "mean"}) {
    CAPTURE(std::string(name));
    const double expected = std::string(name) == "mean" ? 2 : 1.5;
    CHECK(ratio(name).ratio == doctest::Approx(expected));
    CHECK(ratio(name).interval.value().first == doctest::Approx(expected));
    CHECK(ratio(name).Differs());
  }
  // Of each the lower end alone is unsure, by a tenth.
  CHECK(ratio("p99").ratio == doctest::Approx(2));
  CHECK(ratio("p99").interval.value().first == doctest::Approx(1.8));
  CHECK(ratio("p99").interval.value().second == doctest::Approx(2 / 0.9));
  CHECK_FALSE(ratio("max").interval.has_value());
  const std::string text = ToText(two);
  CHECK(Has(text, "1.50 (1.50 to 1.50) *"));
  CHECK(Has(text, "2.00 (1.80 to 2.22) *"));
}

TEST_CASE("AWrongEchoHasNoFigureToCompare") {
  Overlay two = Two();
  two.runs[1].report.verification.bad_connections = 1;
  two.runs[1].report.verdict = kVerificationFailed;
  for (const ComparedFigure& each : FiguresOf(two.runs[1].report)) {
    CHECK_FALSE(each.estimate.has_value());
  }
  const std::string html = ToHtml(two);
  CHECK(Has(html, "curve run1\" d=\"M"));
  CHECK_FALSE(Has(html, "run2\" d="));
  CHECK(Has(html, "NOT ALL VALID"));
}

TEST_CASE("TheIntervalOfARateHoldsTheTrueOne") {
  std::mt19937_64 random(7);
  std::poisson_distribution<uint64_t> counts(200);
  constexpr int kRuns = 400;
  int held = 0;
  for (int run = 0; run < kRuns; ++run) {
    Report report = GoodReport();
    report.seconds = 10;
    report.messages = 0;
    for (int64_t bin = 0; bin < 100; ++bin) {
      const uint64_t count = counts(random);
      report.bins.At(bin * Bins::kShortestNs).latency.Record(1'000'000, count);
      report.messages += count;
    }
    const auto [low, high] =
        Named(FiguresOf(report), "messages/s").estimate.value().interval.value();
    held += low <= 2000 && 2000 <= high ? 1 : 0;
  }
  CHECK(held > 0.91 * kRuns);
  CHECK(held < kRuns);  // or it would be too wide
}

TEST_CASE("ThePageShowsEachRun") {
  Overlay two = Two();
  two.title = "Before & after";
  two.notes = {"a <note>"};
  two.runs[0].report.command = "switchboard-load h:1 --seed 1";
  const std::string html = ToHtml(two);
  for (const char* text :
       {"<h1>Before &amp; after</h1>", "a &lt;note&gt;", "a.json", "b.json", "× 1.50",
        "Latency by percentile", "Messages per second", "p99 over time", "Maximum over time",
        "curve run1\" d=\"M", "curve run2\" d=\"M", "switchboard-load h:1 --seed 1</pre>"}) {
    CAPTURE(std::string(text));
    CHECK(Has(html, text));
  }
  CHECK(html.size() <= kMostPageBytes);
}

TEST_CASE("NoNameOfARunBecomesMarkup") {
  Overlay two = Two();
  const std::string hostile = "</script><img src=x onerror=y>\"'&";
  two.title = hostile;
  two.notes = {hostile};
  for (Part& run : two.runs) {
    run.name = hostile;
    run.report.machine.host = run.report.options.target = run.report.command = hostile;
    run.report.notes = run.report.reasons = {hostile};
  }
  const std::string html = ToHtml(two);
  CHECK_FALSE(Has(html, "<img"));
  CHECK_FALSE(Has(html, "</script><"));
}

TEST_CASE("EightFullRunsFitIntoOnePage") {
  std::mt19937_64 random(1);
  Report report = GoodReport();
  report.seconds = static_cast<double>(Bins::kMost) / 10;
  report.latency.Clear();
  for (size_t i = 0; i < Bins::kMost; ++i) {
    Bin& bin = report.bins.At(static_cast<int64_t>(i) * Bins::kShortestNs);
    for (int j = 0; j < 1000; ++j) {
      const auto ns =
          static_cast<int64_t>(std::exp2(std::uniform_real_distribution<>(10, 30)(random)));
      bin.latency.Record(ns);
      report.latency.Record(ns);
    }
  }
  Overlay overlay;
  for (int i = 0; i < 8; ++i) overlay.runs.push_back({"run " + std::to_string(i), report});
  const std::string html = ToHtml(overlay);
  CHECK(html.size() <= kMostPageBytes);
  CHECK(Has(html, "run8"));
}

TEST_CASE("TheSubcommandWritesAPageOfOneAndOfTwo") {
  const test::TempFolder folder;
  const std::string a = folder / "a.json", b = folder / "b.json", page = folder / "page.html";
  std::ofstream(a) << ToJson(Steady(100, 1'000'000)).ToString();
  std::ofstream(b) << ToJson(Steady(150, 2'000'000)).ToString();
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "report");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const int status = ReportMain(static_cast<int>(words.size()), argv.data());
    std::ifstream file(page);
    CHECK(status == 0);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string one = run({a, "--html", page, "--title", "Again"});
  CHECK(Has(one, "<h1>Again</h1>"));
  CHECK(Has(one, "All latencies over time"));
  const std::string both = run({a, b, "--html", page});
  CHECK(Has(both, "× 1.50"));
  CHECK_THROWS(run({}));
  CHECK_THROWS(run({folder / "none.json"}));
  CHECK_THROWS(run(std::vector<std::string>(kMostRuns + 1, a)));
}

}  // namespace switchboard::load
