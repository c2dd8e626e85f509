// The search for the highest rate that keeps an objective, on servers that are there.

#include "bench/load/run/search.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <string_view>

#include "bench/load/measure/report.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/show/text.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

TEST_CASE("ATargetThatEchoesNothingEndsTheSearchAtOnce") {
  TestServer server([](TestCaller&, std::string_view) {});
  Options options = ShortRun(server.target());
  options.duration_s = 0.5;
  options.slo_percentile = 99;
  options.slo_limit_ns = 1'000'000;
  const Report report = FindHighestRate(options);
  CHECK(report.verdict == kTargetNotReached);
  CHECK(report.reasons.front() == "the target echoed nothing");
  CHECK(report.slo_steps.size() == 1);
  CHECK(ToText(report).find("0 ns") == std::string::npos);
}

TEST_CASE("SearchesAServer") {
  std::atomic<bool> stop{false};
  TestServer server([&](TestCaller& caller, std::string_view data) {
    // The second step has begun when somebody calls after its 200 messages.
    if (caller.number > 1) stop = true;
    caller.Send(data);
  });
  Options options = ShortRun(server.target());
  options.slo_percentile = 50;
  options.slo_limit_ns = 100;  // no server is that fast
  const Report report = FindHighestRate(options, &stop);
  REQUIRE(report.slo_steps.size() >= 1);
  CHECK(report.slo_steps[0].outcome != StepOutcome::kMet);
  CHECK(report.options.rate == report.slo_steps.back().rate);
}

}  // namespace
}  // namespace switchboard::load
