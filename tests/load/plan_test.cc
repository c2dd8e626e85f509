// switchboard-load staff plan: the simulation against what is known without one.

#include "bench/load/staff/plan/plan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <initializer_list>
#include <string>
#include <vector>

#include "bench/load/base/json.h"
#include "bench/load/staff/formulas.h"
#include "bench/load/staff/plan/callers.h"
#include "tests/load/support.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::load::sim {
namespace {

// Round numbers, so that sums can be made by hand.
Costs RoundCosts() {
  Costs costs;
  costs.cpus = 4;
  costs.read = 2000;
  costs.read_byte = 0.1;
  costs.write = 5000;
  costs.write_byte = 0.2;
  costs.poll = 1500;
  costs.poll_event = 200;
  costs.wake = 3000;
  costs.wake_delay = 10'000;
  costs.nap_delay = 40'000;
  costs.hand_over = 2500;
  costs.job = 100;
  costs.client = 300;
  return costs;
}

Scenario SmallScenario() {
  Scenario scenario;
  scenario.callers = 50;
  scenario.workers = 2;
  scenario.cpus = 4;
  scenario.messages = 20'000;
  return scenario;
}

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

bool Near(double value, double expected, double part) {
  return std::abs(value - expected) <= part * expected;
}

// What the simulation of M/M/c must come to: no step costs anything, and the service is a sleep.
void CheckErlangC(int workers, double load) {
  constexpr double kServiceS = 0.005;
  Scenario scenario;
  scenario.callers = 1'000'000;  // so that hardly anybody speaks twice at a time
  scenario.rate = load / kServiceS;
  scenario.service_time = "exp:5ms";
  scenario.workers = workers;
  scenario.cpus = 2;
  scenario.messages = 200'000;
  const Outcome outcome = Simulate(scenario, Costs());
  const Waiting expected = PredictWaiting({.rate = scenario.rate, .service_s = kServiceS}, workers);
  CAPTURE(workers);
  CHECK(outcome.keeps_up);
  CHECK(std::abs(outcome.p_wait - expected.p_wait) < 0.015);
  CHECK(Near(outcome.mean_wait_ns, expected.mean_wait_s * 1e9, 0.06));
  CHECK(Near(outcome.workers, expected.utilisation, 0.015));
}

TEST_CASE("WithoutCostsItIsErlangC") {
  CheckErlangC(1, 0.5);
  CheckErlangC(1, 0.8);
  CheckErlangC(4, 3.2);
  CheckErlangC(16, 13);
}

// One caller waits for nobody: all that it takes are the steps, one after the other.
TEST_CASE("ALonelyCallerTakesTheSumOfTheSteps") {
  const Costs costs = RoundCosts();
  Scenario scenario = SmallScenario();
  scenario.callers = 1;
  scenario.size_bytes = 1000;
  const double read = 2000 + 100, write = 5000 + 200;
  // The reactor reads, and hands its CPU to the worker by going to sleep; and the other way round,
  // as the caller speaks again at once.
  const double served = 200 + read + 100 + 1500 + 2500 + write;
  const double elsewhere = 2500 + served;
  Outcome outcome = Simulate(scenario, costs);
  CHECK(outcome.latency.MeanNs() == elsewhere);
  CHECK(outcome.latency.max_ns() == static_cast<int64_t>(elsewhere));
  CHECK(outcome.per_second == doctest::Approx(1e9 / elsewhere).epsilon(1e-9));
  // The generator is woken, receives, and sends again, which wakes the reactor.
  scenario.generator_here = true;
  outcome = Simulate(scenario, costs);
  CHECK(outcome.latency.MeanNs() == 10'000 + served + 10'000 + 200 + read + 300 + write);
}

TEST_CASE("ASleepingServiceAddsItsLength") {
  Costs costs = RoundCosts();
  Scenario scenario = SmallScenario();
  scenario.callers = 1;
  scenario.service_time = "2ms";
  const double without = Simulate(scenario, Costs()).latency.MeanNs();
  CHECK(without == 2e6);
  costs.timer_delay = 50'000;
  const double late = Simulate(scenario, costs).latency.MeanNs();
  CHECK(late > 2e6 + 50'000);
  CHECK(late < 2e6 + 50'000 + 200'000);
}

TEST_CASE("TheSameSeedIsTheSame") {
  Scenario scenario = SmallScenario();
  scenario.rate = 20'000;
  scenario.service_time = "lognormal:100us:1";
  const Costs costs = RoundCosts();
  const auto trace = [&](uint64_t seed) {
    scenario.seed = seed;
    return Simulate(scenario, costs).latency.ToSparse();
  };
  CHECK(trace(7) == trace(7));
  CHECK(trace(7) != trace(8));
}

// Busy for as long as each message takes, times the messages: exactly, where a message costs the
// reactor the same whatever came with it.
TEST_CASE("TheUtilisationLawHolds") {
  Costs costs = RoundCosts();
  costs.poll = costs.wake = costs.hand_over = 0;
  Scenario scenario = SmallScenario();
  for (const double rate : {0.0, 10'000.0, 80'000.0}) {
    scenario.rate = rate;
    const Outcome outcome = Simulate(scenario, costs);
    const double edge = 600 * 2300 / (outcome.seconds * 1e9);  // a round that the end cuts
    CHECK(std::abs(outcome.reactor - outcome.per_second * (2000 + 6.4 + 200 + 100) / 1e9) < edge);
    CHECK(std::abs(outcome.workers * 2 - outcome.per_second * (5000 + 12.8) / 1e9) < edge);
  }
}

TEST_CASE("NoSimulationGoesBeyondTheBounds") {
  const Costs costs = RoundCosts();
  for (const std::string service : {"", "1ms", "300us"}) {
    for (const int64_t callers : {1, 7, 900}) {
      for (const int workers : {1, 3, 8}) {
        for (const int cpus : {1, 2, 16}) {
          for (const bool here : {false, true}) {
            Scenario scenario = SmallScenario();
            scenario.callers = callers;
            scenario.workers = workers;
            scenario.cpus = cpus;
            scenario.generator_here = here;
            scenario.service_time = service;
            scenario.cpu_service = service == "300us";
            scenario.messages = 5000;
            const Outcome outcome = Simulate(scenario, costs);
            const Bounds bounds = BoundsOf(scenario, costs, outcome.mean_service_ns);
            // What was under way when measuring began counts, and is up to a round of each.
            CHECK(outcome.per_second <= bounds.per_second * 1.12);
            CHECK(outcome.latency.MeanNs() >= bounds.mean_ns * 0.88);
          }
        }
      }
    }
  }
}

TEST_CASE("TheBottleneckIsNamed") {
  const auto bottleneck = [](const Costs& costs, const Scenario& scenario) {
    return BottleneckOf(scenario, Simulate(scenario, costs));
  };
  const Costs costs = RoundCosts();
  Scenario scenario = SmallScenario();
  scenario.callers = 500;
  Costs slow_reactor = costs;
  slow_reactor.read = 60'000;
  CHECK(Has(bottleneck(slow_reactor, scenario), "operator"));
  Scenario slow_service = scenario;
  slow_service.service_time = "1ms";
  CHECK(Has(bottleneck(costs, slow_service), "employees"));
  Scenario hungry = scenario;
  hungry.service_time = "1ms";
  hungry.cpu_service = true;
  hungry.workers = 16;
  CHECK(Has(bottleneck(costs, hungry), "CPUs"));
  Scenario here = scenario;
  here.generator_here = true;
  Costs slow_client = costs;
  slow_client.client = 60'000;
  CHECK(Has(bottleneck(slow_client, here), "load generator"));
  Scenario idle = scenario;
  idle.rate = 100;
  CHECK(Has(bottleneck(costs, idle), "nobody"));
  idle.rate = 0;
  idle.callers = 1;
  idle.generator_here = true;
  CHECK(Has(bottleneck(costs, idle), "wait for their echo"));
}

TEST_CASE("MoreProcessesAndCpusDoMore") {
  const Costs costs = RoundCosts();
  Scenario scenario = SmallScenario();
  scenario.callers = 2000;
  scenario.cpus = 16;
  const double one = Simulate(scenario, costs).per_second;
  scenario.processes = 4;
  CHECK(Simulate(scenario, costs).per_second == doctest::Approx(4 * one).epsilon(0.1));
}

// Who waits for a seat that is taken is passed over, however little it has had.
TEST_CASE("ATakenSeatHoldsUpNobodyElse") {
  Costs costs = RoundCosts();
  costs.wake = 30'000;
  costs.wake_delay = costs.nap_delay = 80'000;
  Scenario scenario = SmallScenario();
  scenario.callers = 64;
  scenario.size_bytes = 65536;
  scenario.cpus = 2;
  scenario.generator_here = true;
  CHECK(Simulate(scenario, costs).per_second > 1000);
}

TEST_CASE("WhatFallsBehindIsSaid") {
  Scenario scenario = SmallScenario();
  for (const double rate : {1e6, 1e9}) {
    scenario.rate = rate;
    CHECK_FALSE(Simulate(scenario, RoundCosts()).keeps_up);
  }
  scenario.rate = 1000;
  CHECK(Simulate(scenario, RoundCosts()).keeps_up);
}

// By how much a rate is beyond what the host does when each speaks after its last echo.
void CheckFallenBehind(Scenario scenario, double times) {
  const Costs costs = RoundCosts();
  const double most = Simulate(scenario, costs).per_second;
  scenario.rate = times * most;
  const Outcome outcome = Simulate(scenario, costs);
  CAPTURE(scenario.rate);
  CHECK_FALSE(outcome.keeps_up);
  CHECK(outcome.per_second > most / 2);
  CHECK_FALSE(Has(BottleneckOf(scenario, outcome), "nobody"));
}

TEST_CASE("OfAHostThatFallsBehindTheLimitIsNamedAndMeasured") {
  for (const std::string service : {"", "100us"}) {
    for (const int workers : {1, 4}) {
      for (const int cpus : {1, 2, 4}) {
        Scenario scenario = SmallScenario();
        scenario.service_time = service;
        scenario.workers = workers;
        scenario.cpus = cpus;
        for (const double times : {1.5, 10.0}) CheckFallenBehind(scenario, times);
        // So far that the simulation hears no more of it before it measures.
        if (workers == cpus) CheckFallenBehind(scenario, 10'000);
      }
    }
  }
}

// What a simulation gives of a rate that is a little too high: busy, and nobody all of the time.
TEST_CASE("WhoIsBusiestIsTheLimitOfWhatFallsBehind") {
  Scenario scenario = SmallScenario();
  scenario.rate = 1000;
  Outcome outcome;
  outcome.reactor = 0.4;
  outcome.workers = 0.6;
  outcome.cpus = 0.5;
  CHECK(Has(BottleneckOf(scenario, outcome), "nobody"));
  outcome.keeps_up = false;
  CHECK(Has(BottleneckOf(scenario, outcome), "employees"));
  outcome.cpus = 0.8;
  CHECK(Has(BottleneckOf(scenario, outcome), "CPUs"));
}

// Each caller has its messages answered in order, and all of them.
TEST_CASE("ACallersMessagesAreAnsweredInTheirOrder") {
  Callers callers(3);
  for (int64_t since = 1; since <= 5; ++since) callers.Say(1, since);
  callers.Say(2, 10);
  for (int64_t since = 1; since <= 5; ++since) CHECK(callers.Answered(1) == since);
  CHECK(callers.messages() == 1);
  CHECK(callers.Answered(2) == 10);
  CHECK(callers.messages() == 0);
}

Costs Validated() {
  Costs costs = RoundCosts();
  ComparedRun row;
  row.measured_per_second = row.simulated_per_second = 1000;
  row.measured_p99_us = row.simulated_p99_us = 100;
  row.workers = row.callers = 1;
  row.size_bytes = 64;
  costs.compared.push_back(row);
  row.workers = 8;
  row.callers = 1000;
  row.service_us = 10'000;
  costs.compared.push_back(row);
  return costs;
}

TEST_CASE("WhatLiesBeyondTheComparisonsIsExtrapolatedAndNothingElse") {
  const Costs costs = Validated();
  Scenario inside = SmallScenario();
  inside.generator_here = true;
  const auto reasons = [&costs](const Scenario& scenario, int64_t hosts = 1) {
    return Extrapolated(scenario, hosts, costs, 1000).size();
  };
  CHECK(reasons(inside) == 0);
  CHECK(reasons(inside, 2) == 1);
  const auto changed = [&](auto change) {
    Scenario scenario = inside;
    change(scenario);
    return reasons(scenario);
  };
  CHECK(changed([](Scenario& scenario) { scenario.callers = 10'000; }) == 1);
  CHECK(changed([](Scenario& scenario) { scenario.workers = 9; }) == 1);
  CHECK(changed([](Scenario& scenario) { scenario.size_bytes = 1000; }) == 1);
  CHECK(changed([](Scenario& scenario) { scenario.processes = 2; }) == 1);
  CHECK(changed([](Scenario& scenario) { scenario.cpus = 8; }) == 1);
  CHECK(changed([](Scenario& scenario) { scenario.rate = 100; }) == 1);
  CHECK(changed([](Scenario& scenario) { scenario.cpu_service = true; }) == 1);
  CHECK(changed([](Scenario& scenario) { scenario.generator_here = false; }) == 1);
  CHECK(Extrapolated(inside, 1, costs, 20e6).size() == 1);
  // A comparison that missed proves nothing.
  Costs missed = costs;
  for (ComparedRun& row : missed.compared) row.simulated_p99_us = 200;
  CHECK(Extrapolated(inside, 1, missed, 1000).size() == 1);
}

// What was matched with one caller and with a thousand says nothing of fifty that were missed.
TEST_CASE("WhatWasMissedIsNotValidatedByWhatLiesAroundIt") {
  Costs costs = Validated();
  ComparedRun missed = costs.compared.front();
  missed.callers = 50;
  missed.workers = 2;
  missed.simulated_per_second = 750;
  costs.compared.push_back(missed);
  Scenario scenario = SmallScenario();
  scenario.generator_here = true;
  scenario.callers = 64;
  const std::vector<std::string> reasons = Extrapolated(scenario, 1, costs, 0);
  REQUIRE(reasons.size() == 1);
  CHECK(Has(reasons[0], "nearest to it, with 50 callers, 2 workers"));
  CHECK(Has(reasons[0], "was missed: throughput off by -25 %, p99 by +0 %"));
  costs.compared.back().measured_p99_us = 0;
  CHECK(Has(Extrapolated(scenario, 1, costs, 0).at(0), "off by -25 %, p99 not known"));
  scenario.callers = 1000;
  scenario.workers = 8;
  CHECK(Extrapolated(scenario, 1, costs, 10e6).empty());
}

// ---- As a user runs it.

class Command {
 public:
  explicit Command(const Costs& costs) {
    std::ofstream(path_) << switchboard::load::ToJson(costs).ToString();
  }

  test::Finished Run(std::vector<std::string> words) const {
    test::Spawn spawn;
    spawn.program = SWITCHBOARD_LOAD;
    words.insert(words.begin(), {"staff", "plan", "--costs", path_});
    return test::RunToEnd(words, spawn);
  }

  Json JsonOf(std::vector<std::string> words) const {
    words.insert(words.end(), {"--json", "-"});
    const test::Finished run = Run(words);
    CHECK(run.status == 0);
    return Json::Parse(run.out);
  }

 private:
  const test::TempFolder folder_;
  const std::string path_ = folder_ / "costs.json";
};

TEST_CASE("TheLabelAndTheBoundsGoTogether") {
  const Command command(Validated());
  const test::Finished inside = command.Run({"--callers", "50", "--generator", "here"});
  CHECK(inside.status == 0);
  CHECK_FALSE(Has(inside.out, "extrapolated"));
  const test::Finished outside = command.Run({"--callers", "50000", "--generator", "here"});
  CHECK(Has(outside.out, "extrapolated, not validated here"));
  CHECK(Has(outside.out, "50000 callers on a host; compared were 1 to 1000"));
  CHECK(Has(outside.out, "at most"));
  CHECK(Has(outside.out, "bottleneck"));
  const test::Finished one = command.Run({"--callers", "1", "--workers", "1", "--cpus", "1"});
  CHECK(Has(one.out, "1 host with 1 CPU, 1 x 1 worker and 1 caller of 64 B"));
}

TEST_CASE("AMillionCallersFit") {
  const Command command(RoundCosts());
  const Json closed = command.JsonOf({"--callers", "1M", "--workers", "4"});
  CHECK(closed["messages"].AsUnsigned() == 1'000'000);
  const Json open = command.JsonOf({"--callers", "10M", "--rate", "50k"});
  CHECK(open["keeps_up"].AsBool());
  CHECK(open["validity"].AsString() == "extrapolated, not validated here");
  CHECK(open["bounds"]["messages_per_second"].AsNumber() == doctest::Approx(50'000));
}

// Costs that were measured beside other work make every plan too slow.
TEST_CASE("WarnsOfCostsThatWereMeasuredBesideOthers") {
  Costs costs = RoundCosts();
  costs.pace = {.piece = 100'000, .percents = {{100, 100, 110}, {100, 100, 170}}};
  const Command quiet(costs);
  CHECK_FALSE(Has(quiet.Run({"--callers", "5"}).out, "warning"));
  CHECK(quiet.JsonOf({"--callers", "5"})["warnings"].AsArray().empty());
  costs.pace.percents = {{100, 100, 110}, {100, 500, 500}};
  const Command busy(costs);
  CHECK(
      Has(busy.Run({"--callers", "5"}).out, "\nwarning: work took 2.4 times as long in the mean"));
  const Json plan = busy.JsonOf({"--callers", "5"});
  REQUIRE(plan["warnings"].AsArray().size() == 1);
  CHECK(Has(plan["warnings"].AsArray()[0].AsString(), "calibrate again when nothing else runs"));
}

TEST_CASE("FindsTheHostsThatAnObjectiveTakes") {
  const Command command(RoundCosts());
  const std::vector<std::string> words{"--callers",      "100k",      "--rate",    "1M",
                                       "--service-time", "exp:100us", "--workers", "8",
                                       "--messages",     "20k"};
  std::vector<std::string> asked = words;
  asked.insert(asked.end(), {"--objective", "p99=2ms"});
  const Json found = command.JsonOf(asked);
  const int64_t hosts = found["objective"]["hosts_needed"].AsSigned();
  CHECK(found["latency_us"]["p99"].AsNumber() <= 2000);
  REQUIRE(hosts > 1);
  std::vector<std::string> fewer = words;
  fewer.insert(fewer.end(), {"--hosts", std::to_string(hosts - 1)});
  const Json worse = command.JsonOf(fewer);
  CHECK((worse["latency_us"]["p99"].IsNull() || worse["latency_us"]["p99"].AsNumber() > 2000));
  asked.back() = "p99=50us";
  const test::Finished never = command.Run(asked);
  CHECK(never.status == 1);
  CHECK(Has(never.err, "no number of hosts up to 100,000 keeps --objective, p99 within 50.0 us; "));
}

TEST_CASE("RefusesWhatMakesNoSense") {
  const Command command(RoundCosts());
  const auto refusal = [&](std::vector<std::string> words) {
    const test::Finished run = command.Run(std::move(words));
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(std::ranges::count(run.err, '\n') == 1);
    return run.err;
  };
  CHECK(Has(refusal({"--callers", "0"}), "--callers cannot be '0'"));
  CHECK(Has(refusal({"--callers", "10000001"}), "--callers cannot be"));
  CHECK(Has(refusal({"--rate", "0"}), "--rate cannot be '0'"));
  CHECK(Has(refusal({"--size", "64-128"}), "--size cannot be"));
  CHECK(Has(refusal({"--size", "1M"}), "--size cannot be"));
  CHECK(Has(refusal({"--service-time", "soon"}), "--service-time 'soon' is no time"));
  CHECK(Has(refusal({"--generator", "there"}), "here or elsewhere"));
  for (const char* objective : {"p99", "5ms", "p99=5", "max=5ms", "p99=0ms", "=5ms"}) {
    CHECK(Has(refusal({"--objective", objective}), "--objective cannot be"));
  }
  CHECK(Has(refusal({"--hosts", "2", "--callers", "1"}), "fewer hosts"));
  CHECK(Has(refusal({"--callers", "9", "--hosts", "2", "--objective", "p99=1s"}),
            "leave out --hosts"));
  CHECK(Has(refusal({"nonsense"}), "leave out 'nonsense'"));
  const auto other = [](std::vector<std::string> words) {
    test::Spawn spawn;
    spawn.program = SWITCHBOARD_LOAD;
    words.insert(words.begin(), {"staff", "plan"});
    return test::RunToEnd(words, spawn);
  };
  CHECK(other({}).status == 2);
  CHECK(Has(other({}).err, "--costs FILE"));
  CHECK(other({"--costs", "/proc/none"}).status == 1);
  CHECK(command.Run({"--service-time", "file:/proc/none"}).status == 1);
}

}  // namespace
}  // namespace switchboard::load::sim
