// The report for a browser, as a program reads it. What it looks like, only a person can tell.

#include "bench/load/show/page/html.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/measure/report.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/show/page/chart.h"
#include "bench/load/show/page/frame.h"
#include "bench/load/show/page/markup.h"
#include "bench/load/show/page/script.h"

namespace switchboard::load {
namespace {

bool Has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

size_t Count(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// The names of all tags in order, each closing one with its slash. Fails the test where a tag is
// not closed, closes another, or is not written in full.
std::vector<std::string> Tags(std::string_view html) {
  std::vector<std::string> tags, open;
  for (size_t at = html.find('<'); at != html.npos; at = html.find('<', at)) {
    const size_t end = html.find('>', at);
    REQUIRE(end != html.npos);
    const std::string_view tag = html.substr(at + 1, end - at - 1);
    at = end;
    CHECK_FALSE(Has(tag, "<"));
    CHECK(std::count(tag.begin(), tag.end(), '"') % 2 == 0);
    const std::string name(tag.substr(0, tag.find_first_of(" /", 1)));
    tags.push_back(name);
    if (name == "script") at = html.find("</script", at) - 1;  // no markup in it
    if (name == "!DOCTYPE" || name == "meta" || tag.back() == '/') continue;
    if (name[0] != '/') {
      open.push_back(name);
      continue;
    }
    REQUIRE_FALSE(open.empty());
    REQUIRE_EQ(open.back(), name.substr(1));
    open.pop_back();
  }
  CHECK(open.empty());
  return tags;
}

// The page without its script.
std::string Content(const std::string& html) {
  const std::string script = "<script>" + ReportScript() + "</script>";
  const size_t at = html.find(script);
  REQUIRE(at != html.npos);
  return html.substr(0, at) + html.substr(at + script.size());
}

// An open loop of three seconds, of which the second stalls, with every part that a page can have,
// and `text` wherever a report holds a text.
Report FullReport(const std::string& text) {
  Report report;
  report.options.target = text;
  report.options.rate = 1000;
  report.options.sources = {text, text};
  report.options.connect_rate = 10;
  report.options.slo_percentile = 99;
  report.options.slo_limit_ns = 1'000'000;
  report.machine = {.host = text,
                    .kernel = text,
                    .cpu = text,
                    .cpus = 2,
                    .compiler = text,
                    .version = text,
                    .started_at = text};
  report.verdict = text;
  report.reasons = {text};
  report.warnings = {text};
  report.title = text;
  report.notes = {text, text};
  report.command = text;
  report.slo_steps.push_back({.rate = 10, .percentile_ns = 1, .verdict = text});
  report.errors[{Phase::kReceive, text}] = 7;
  report.generator.unanswered = report.generator.not_offered = 3;
  report.seconds = 3;
  report.messages = 2000;
  report.timeline.resize(3);
  for (const size_t second : {0, 2}) {
    report.timeline[second].messages = 1000;
    report.timeline[second].errors = second;
    report.timeline[second].latency.Record(250'000, 1000);
  }
  for (int i = 0; i < 1000; ++i) {
    report.latency.Record(250'000 + i);
    report.latency.Record(900'000'000);
    report.naive_latency.Record(250'000);
    report.send_lag.Record(1000);
  }
  report.connect.Record(50'000);
  return report;
}

Report ValidReport() {
  Report report = FullReport("plain");
  report.options.slo_percentile = 0;
  report.slo_steps.clear();
  report.verdict = kValid;
  return report;
}

constexpr const char* kHostile =
    "</td></title></style><script src=http://x>alert(1)</script><img src=x onerror=y>\"'&amp;\x01\n"
    "\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82";

TEST_CASE("ThePageIsWellFormed") {
  for (const char* tag : {"html", "head", "title", "style", "body", "main", "h1", "svg", "table"}) {
    CAPTURE(tag);
    const std::vector<std::string> tags = Tags(ToHtml(ValidReport()));
    CHECK(std::count(tags.begin(), tags.end(), tag) > 0);
  }
  CHECK(ToHtml(ValidReport()).rfind("<!DOCTYPE html>", 0) == 0);
}

TEST_CASE("ThePageNeedsNothingElse") {
  const std::string html = ToHtml(FullReport("plain"));
  for (const char* reference :
       {"http:", "https:", "src=", "href", "url(", "@import", "import(", "fetch", "XMLHttp", "eval",
        "<link", "<img", "<iframe", "<object", "<embed"}) {
    CAPTURE(reference);
    CHECK_FALSE(Has(html, reference));
  }
  CHECK(Count(html, "<script>") == 1);
  CHECK(Count(html, "<script") == 1 + Count(html, "<script type=\"application/json\">"));
  CHECK(Count(html, "<script type=\"application/json\">") == Count(html, "<figure"));
}

TEST_CASE("NoTextBecomesMarkup") {
  const std::string html = ToHtml(FullReport(kHostile));
  CHECK(Tags(html) == Tags(ToHtml(FullReport("plain"))));
  CHECK(Count(html, "<script") == Count(ToHtml(FullReport("plain")), "<script"));
  CHECK(Count(html, "</script") == Count(html, "<script"));
  CHECK_FALSE(Has(html, "<img"));
  CHECK(Has(html, "&lt;script src=http://x&gt;alert(1)&lt;/script&gt;"));
  CHECK_FALSE(Has(html, "\x01"));
  CHECK_FALSE(Has(html, "\xff"));
}

TEST_CASE("EscapesWhatHtmlGivesAMeaning") {
  CHECK(Escaped("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;");
  CHECK(Escaped("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") == "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  CHECK(Escaped("\n\t") == "  ");
  const std::string replacement = "\xEF\xBF\xBD";
  for (const char* wrong : {"\x01", "\x7f", "\xff", "\x80", "\xc3", "\xe2"}) {
    CHECK(Escaped(wrong) == replacement);
  }
  CHECK(Escaped("\xc0\xaf") == replacement + replacement);
  CHECK(Escaped("\xe2<") == replacement + "&lt;");
}

TEST_CASE("TheVerdictStandsOnceAndBeforeTheFigures") {
  Report report = ValidReport();
  for (const char* verdict : {kValid, kGeneratorBound, kTooShort, kTargetNotReached}) {
    report.verdict = verdict;
    report.reasons = {"the first reason", "the second reason"};
    const std::string html = ToHtml(report);
    const std::string box = "</span> " + std::string(verdict) + "</strong>";
    CHECK(html.find(box) < html.find("Messages/s"));
    CHECK(Count(html, box) == 1);
    CHECK(Count(html, "the second reason") == 1);
  }
}

TEST_CASE("TitleNotesAndCommandStandInThePage") {
  Report report = ValidReport();
  report.title = "Before & after";
  report.notes = {"the first note", "the second note"};
  report.command = "switchboard-load 127.0.0.1:8000 --seed 5";
  const std::string html = ToHtml(report);
  CHECK(Has(html, "<h1>Before &amp; after</h1>"));
  CHECK(Has(html, "<title>VALID: Before &amp; after"));
  CHECK(html.find("the first note") < html.find("the second note"));
  CHECK(html.find("the second note") < html.find("</header>"));
  CHECK(Has(html, "127.0.0.1:8000 --seed 5</pre>"));
  report.title.clear();
  CHECK(Has(ToHtml(report), "<h1>plain</h1>"));
}

TEST_CASE("AWrongEchoLeavesNoFigure") {
  Report report = ValidReport();
  REQUIRE(Has(ToHtml(report), "Messages/s"));
  report.verification.bad_connections = 1;
  report.verification.damage.reordered = 4321;
  report.verdict = kVerificationFailed;
  const std::string html = Content(ToHtml(report));
  CHECK(Has(html, kVerificationFailed));
  CHECK(Has(html, "4,321"));
  CHECK_FALSE(Has(html, "<svg"));
  CHECK_FALSE(Has(html, "Messages/s"));
  CHECK_FALSE(Has(html, "p99"));
  CHECK_FALSE(Has(html, "900 ms"));
}

TEST_CASE("TheNaiveLatencyStandsBesideThatOfAnOpenLoop") {
  Report report = ValidReport();
  CHECK(Has(ToHtml(report), "curve naive"));
  CHECK(Has(ToHtml(report), "naive, p99: 250 µs"));
  CHECK(Has(ToHtml(report), "latency, p99: 900 ms"));
  report.options.rate = 0;
  CHECK_FALSE(Has(ToHtml(report), "curve naive\" d=\"M0"));
  CHECK_FALSE(Has(ToHtml(report), "naive, p99"));
}

TEST_CASE("AnOpenLoopWithoutANaiveFigureSaysWhyInThePage") {
  Report report = ValidReport();
  CHECK(Has(ToHtml(report), "naive, which hides stalls"));
  report.naive_latency.Clear();
  CHECK_FALSE(Has(ToHtml(report), "naive, which hides stalls"));
  CHECK(Has(ToHtml(report), "There is no naive figure"));
}

TEST_CASE("AWrongEchoLeavesNoLatencyOfAStep") {
  Report report = FullReport("plain");
  report.slo_steps = {{.rate = 1000, .percentile_ns = 654'000'000, .verdict = kValid}};
  CHECK(Has(ToHtml(report), "654 ms"));
  report.verification.bad_connections = 1;
  CHECK_FALSE(Has(ToHtml(report), "654 ms"));
}

TEST_CASE("EmptyAndShortRunsHaveAPage") {
  Report empty;
  empty.options.target = "127.0.0.1:8000";
  Judge(empty);
  Tags(ToHtml(empty));
  CHECK(Has(ToHtml(empty), "No message was answered."));

  Report silent = empty;
  silent.seconds = 2.5;
  silent.timeline.resize(1);
  Tags(ToHtml(silent));

  Report one = ValidReport();
  one.seconds = 0.001;
  one.timeline.resize(1);
  Tags(ToHtml(one));
  for (const Report& report : {empty, silent, one}) {
    const std::regex no_number("nan(?!swered)");
    CHECK_FALSE(std::regex_search(Content(ToHtml(report)), no_number));
    CHECK_FALSE(Has(Content(ToHtml(report)), "inf"));
  }
}

TEST_CASE("ALongRunIsDrawnInFewColumns") {
  Report report = ValidReport();
  report.seconds = 86'400;
  report.timeline.resize(86'400);
  for (Second& second : report.timeline) second.messages = 10;
  report.timeline[86'399].errors = 1234;
  const std::string html = ToHtml(report);
  CHECK(html.size() <= kMostPageBytes);
  CHECK(Has(html, "1,234 errors"));
}

// As many bins as there can be, of latencies all over the place, and an error in each.
Report FullestReport() {
  Report report = ValidReport();
  report.seconds = static_cast<double>(Bins::kMost) / 10;
  std::mt19937_64 random(1);
  for (size_t i = 0; i < Bins::kMost; ++i) {
    Bin& bin = report.bins.At(static_cast<int64_t>(i) * Bins::kShortestNs);
    bin.errors = i + 1000;
    for (int j = 0; j < 1500; ++j) {
      const double octaves = std::uniform_real_distribution<>(7, 35)(random);
      bin.latency.Record(static_cast<int64_t>(std::exp2(octaves)));
    }
  }
  return report;
}

TEST_CASE("ThePageIsSmallHoweverMuchThereIsToShow") {
  const std::string html = ToHtml(FullestReport());
  CHECK(html.size() <= kMostPageBytes);
  CHECK(Has(html, "All latencies over time"));
  Tags(html);
}

TEST_CASE("AStallThatIsShorterThanASecondIsSeen") {
  Report report = ValidReport();
  for (int64_t bin = 0; bin < 30; ++bin) {
    report.bins.At(bin * Bins::kShortestNs).latency.Record(250'000, 100);
  }
  report.bins.At(12 * Bins::kShortestNs).latency.Record(50'000'000);
  const std::string html = ToHtml(report);
  CHECK(Has(html, "max after 1.2 s: 50.0 ms"));
  CHECK(Has(html, "max after 1.3 s: 250 µs"));
  CHECK(Has(html, "class=\"h1\""));  // of the heat map
}

TEST_CASE("TheIntervalsOfPercentilesAreDrawn") {
  Report report = ValidReport();
  const size_t before = Count(ToHtml(report), "class=\"whisker latency\"");
  report.certainty.intervals = {{50, 250'000, 200'000, 300'000}, {99, 900'000'000, 1'000'000, 0}};
  const std::string html = ToHtml(report);
  CHECK(Count(html, "class=\"whisker latency\"") == before + 5);  // twice two, and the legend's
  CHECK(Has(html, "200 µs to 300 µs"));
}

// A percentile that the run was too short for is bounded on one side alone.
TEST_CASE("AnIntervalOfOneEndIsOpenAtTheOther") {
  const auto caps = [](const std::string& html) {
    const std::regex cap("class=\"whisker latency\"[^/]*h8");
    return std::distance(std::sregex_iterator(html.begin(), html.end(), cap), {});
  };
  Report report = ValidReport();
  report.certainty.intervals = {{99, 900'000'000, 0, 0}};
  const std::string neither = ToHtml(report);
  report.certainty.intervals = {{99, 900'000'000, 1'000'000, 0}};
  const std::string from = ToHtml(report);
  CHECK(Has(from, "<td>from 1.00 ms</td>"));
  CHECK(caps(from) == caps(neither) + 2);  // for a wide and for a narrow screen
  report.certainty.intervals = {{99, 900'000'000, 0, 2'000'000}};
  CHECK(Has(ToHtml(report), "<td>up to 2.00 ms</td>"));
}

TEST_CASE("SecondsWithoutAnswersLeaveAGap") {
  // Two lines of p99, before and after the stall, each of a single point.
  const std::string html = ToHtml(ValidReport());
  CHECK(Has(html, "p99 after 0 s: 250 µs"));
  CHECK_FALSE(Has(html, "p99 after 1 s"));
  CHECK(Has(html, "p99 after 2 s: 250 µs"));
  CHECK(Has(html, "<th scope=\"row\">1–2</th><td>0</td><td>–</td>"));
}

TEST_CASE("AxesHaveRoundTicksThatHoldTheValues") {
  const auto labels = [](const Axis& axis) {
    std::string text;
    for (const Tick& tick : axis.ticks) text += tick.label + "|";
    return text;
  };
  CHECK(labels(CountAxis(23'456, 4)) == "0|10k|20k|30k|");
  CHECK(labels(CountAxis(0, 4)) == "0|0.5|1|");
  CHECK(labels(TimeAxis(12, 4)) == "0|5|10|");
  CHECK(labels(TimeAxis(0.002, 4)) == "0|500 µs|1 ms|1.5 ms|2 ms|");
  CHECK(labels(DurationAxis(400'000, 1'900'000)) == "0|500 µs|1 ms|1.5 ms|2 ms|");
  CHECK(labels(DurationAxis(45'000, 1'050'000'000)) == "100 µs|1 ms|10 ms|100 ms|1 s|");
  CHECK(labels(DurationAxis(45'000, 950'000)) == "50 µs|100 µs|200 µs|500 µs|1 ms|");
  const Axis axis = DurationAxis(45'000, 1'050'000'000);
  CHECK(axis.Place(1) == 0);
  CHECK(axis.Place(1e12) == 1);
  CHECK(axis.Place(1e7) > axis.Place(1e6));
}

}  // namespace
}  // namespace switchboard::load
