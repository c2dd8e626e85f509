// The page of a comparison.

#include <doctest/doctest.h>

#include <string>

#include "bench/load/compare/page.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/show/page/frame.h"

namespace switchboard::load {
namespace {

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Three targets over nine rounds, the second at half and the third at twice the first one's rate.
Comparison OfThree() {
  Comparison comparison;
  comparison.load.connections = 4;
  comparison.rounds = comparison.rounds_asked = 9;
  comparison.machine.host = "here";
  comparison.command = "switchboard-load compare a=h:1 b=h:2 c=h:3 --seed 1";
  const double factors[] = {1, 0.5, 2};
  const char* const names[] = {"a", "b", "c"};
  for (int i = 0; i < 3; ++i) {
    TargetResult target;
    target.spec = {.name = names[i], .address = "h:1", .command = {}};
    for (int round = 0; round < comparison.rounds; ++round) {
      const double rate = 1000 * factors[i] * (1 + 0.01 * round);
      Trial trial;
      trial.messages_per_second = rate;
      trial.p50_ns = 1e6;
      trial.p99_ns = 2e6;
      trial.verdict = kValid;
      target.trials.push_back(trial);
    }
    comparison.targets.push_back(target);
  }
  return comparison;
}

TEST_CASE("ThePageOfAComparisonHasItsRatiosAndRounds") {
  const std::string html = ToHtml(OfThree());
  for (const char* text :
       {"b: 0.50 (0.50 to 0.50)", "c: 2.00 (2.00 to 2.00)", "Medians of 9 rounds",
        "c, round 9: 2,160/s", "p99 in each round", "--seed 1</pre>", "✓"}) {
    CAPTURE(std::string(text));
    CHECK(Has(html, text));
  }
  CHECK(html.size() <= kMostPageBytes);
}

TEST_CASE("TheTableOfAComparisonFitsAndTellsItsMethod") {
  const std::string html = ToHtml(OfThree());
  CHECK(Has(html, "rate /\u200b a (95\u00a0%)"));
  CHECK(Has(html, ">messages/s<"));
  CHECK(Has(html, "<td>2.00 ms</td>"));
  const size_t box = html.find("</ul></div>"), table = html.find("<table");
  CHECK(box < table);
  CHECK(html.find("<p>medians of 9 rounds") > table);
  Comparison fast = OfThree();
  for (Trial& trial : fast.targets[0].trials) trial.p50_ns = 50'000;
  CHECK(Has(ToHtml(fast), "<td>50.0 µs</td>"));
}

TEST_CASE("ARoundThatIsNotValidIsNamed") {
  Comparison comparison = OfThree();
  comparison.targets[1].trials[3].verdict = kGeneratorBound;
  comparison.targets[1].trials[3].reason = "too <busy>";
  const std::string html = ToHtml(comparison);
  CHECK(Has(html, "NOT ALL VALID"));
  CHECK(Has(html, "b: GENERATOR-BOUND in 1 of 9 rounds"));
  CHECK(Has(html, "too &lt;busy&gt;"));
}

TEST_CASE("ARoundWithoutAFigureLeavesAGap") {
  Comparison comparison = OfThree();
  for (Trial& trial : comparison.targets[2].trials) {
    trial.messages_per_second = 0;
    trial.p50_ns.reset();
    trial.p99_ns.reset();
  }
  const std::string html = ToHtml(comparison);
  CHECK_FALSE(Has(html, "c, round"));
  CHECK_FALSE(Has(html, "nan"));
  CHECK(Has(html, "b, round 1: 500/s"));
}

TEST_CASE("NoNameOfATargetBecomesMarkup") {
  Comparison comparison = OfThree();
  const std::string hostile = "</script><img src=x onerror=y>\"'&";
  comparison.title = comparison.command = comparison.machine.host = hostile;
  comparison.notes = {hostile};
  for (TargetResult& target : comparison.targets) target.spec = {hostile, "", hostile};
  const std::string html = ToHtml(comparison);
  CHECK_FALSE(Has(html, "<img"));
  CHECK_FALSE(Has(html, "</script><"));
}

}  // namespace
}  // namespace switchboard::load
