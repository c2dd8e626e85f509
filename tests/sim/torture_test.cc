// Every call that the server makes fails once, in each way in which it can, and every allocation.

#include <initializer_list>

#include "doctest/doctest.h"
#include "tests/sim/world/trial.h"

using namespace switchboard;
using namespace switchboard::sim;

namespace {

using Ending = CallerPlan::Ending;

CallerPlan CallerAt(uint16_t port, Answer answer, Ending ending) {
  CallerPlan plan;
  plan.port = port;
  plan.answer = answer;
  plan.ending = ending;
  plan.says_bytes = 3000;
  plan.hears_bytes = 5000;
  if (port == kEchoPort || port == kProxyPort) plan.greeting = "hello\n";
  if (port == kProxyPort) plan.header = "PROXY TCP4 192.0.2.1 198.51.100.1 4711 8000\r\n";
  return plan;
}

// A little of everything, as every call in it is a run of its own.
TrialPlan PlanOfEverything() {
  TrialPlan plan;
  plan.stop_ns = 1'800'000'000;
  plan.options = DefaultOptions();
  plan.options.greeting = "hello\n";
  plan.options.log_level = LogLevel::kDebug;
  plan.options.trace = true;
  plan.options.idle_timeout_ms = 300;
  plan.options.write_timeout_ms = 300;
  plan.options.socket_buffer_bytes = 1000;
  plan.options.max_per_address = 8;  // all of them
  plan.callers = {
      CallerAt(kEchoPort, Answer::kEcho, Ending::kHalfClose),
      CallerAt(kEchoPort, Answer::kEcho, Ending::kStay),
      CallerAt(kEchoPort, Answer::kEcho, Ending::kReset),
      CallerAt(kSlowPort, Answer::kEcho, Ending::kClose),
      CallerAt(kDiscardPort, Answer::kNothing, Ending::kHalfClose),
      CallerAt(kChargenPort, Answer::kPattern, Ending::kClose),
      CallerAt(kProxyPort, Answer::kEcho, Ending::kHalfClose),
  };
  // Its answer fills every buffer on the way.
  plan.callers.push_back(CallerAt(kEchoPort, Answer::kEcho, Ending::kDeaf));
  plan.callers.back().says_bytes = 8000;
  plan.callers.back().socket.receive_bytes = 1000;
  // The server is told to stop while this one is there.
  plan.callers.push_back(CallerAt(kSlowPort, Answer::kEcho, Ending::kStay));
  plan.callers.back().starts_ns = plan.stop_ns - 100'000'000;
  return plan;
}

// How many runs there were until there was no such call left to fail.
int64_t FailEach(SystemCall call, int fault) {
  TrialPlan plan = PlanOfEverything();
  plan.once_call = call;
  plan.once_fault = fault;
  for (plan.once_k = 1;; ++plan.once_k) {
    plan.name = std::string(FactsOf(call).name) + " number " + std::to_string(plan.once_k) +
                " meets " + std::to_string(fault);
    const TrialReport report = Run(plan);
    INFO(plan.name);
    REQUIRE(report.failure == "");
    if (report.faults.seen(call) < plan.once_k) return plan.once_k - 1;
  }
}

}  // namespace

TEST_CASE("NothingFailsOfItself") {
  const TrialReport report = Run(PlanOfEverything());
  CHECK(report.failure == "");
  CHECK(report.stats.accepted == 9);
  CHECK(report.calls_begun > 0);
  CHECK(report.stats.closed(CloseReason::kIdle) == 1);
  CHECK(report.stats.closed(CloseReason::kWriteTimeout) == 1);
  CHECK(report.stats.closed(CloseReason::kDrain) == 1);
}

TEST_CASE("NoFailedCallHurtsAnotherCaller") {
  for (int i = 0; i < kCalls; ++i) {
    const auto call = static_cast<SystemCall>(i);
    for (const int fault : FactsOf(call).faults) {
      INFO(std::string(FactsOf(call).name));
      CHECK(FailEach(call, fault) > 0);
    }
  }
}
