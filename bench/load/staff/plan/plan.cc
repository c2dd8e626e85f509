#include "bench/load/staff/plan/plan.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "bench/load/base/output_file.h"
#include "bench/load/base/units.h"
#include "bench/load/options/help.h"
#include "bench/load/staff/plan/show.h"

namespace switchboard::load::sim {
namespace {

constexpr int64_t kMostHosts = 1'000'000;
constexpr std::string_view kCpu = "cpu:";

// One of `hosts`, to which the balancer has given its part of the callers.
Scenario HostOf(const CommandLine& line, const Costs& costs, int64_t hosts) {
  const PlanningOptions& asked = line.planning;
  Scenario host;
  host.callers = (asked.callers + hosts - 1) / hosts;
  host.rate = asked.rate / static_cast<double>(hosts);
  host.size_bytes = asked.size_bytes;
  host.cpu_service = asked.service_time.starts_with(kCpu);
  host.service_time = asked.service_time.substr(host.cpu_service ? kCpu.size() : 0);
  host.cpus = asked.cpus > 0 ? asked.cpus : static_cast<int>(costs.cpus);
  host.workers = asked.workers > 0 ? asked.workers : host.cpus;
  host.processes = asked.processes;
  host.generator_here = asked.generator_here;
  host.seed = static_cast<uint64_t>(line.load.seed);
  host.messages = asked.messages;
  return host;
}

Plan PlanFor(const CommandLine& line, const Costs& costs, int64_t hosts) {
  Plan plan;
  plan.hosts = hosts;
  plan.host = HostOf(line, costs, hosts);
  plan.outcome = Simulate(plan.host, costs);
  plan.objective_percentile = line.planning.objective_percentile;
  plan.objective_ns = line.planning.objective_ns;
  plan.objective_is_met =
      plan.outcome.keeps_up &&
      (plan.objective_ns == 0 ||
       plan.outcome.latency.PercentileNs(plan.objective_percentile) <= plan.objective_ns);
  return plan;
}

// The fewest hosts that keep the objective, if more never do worse than fewer.
Plan FewestHosts(const CommandLine& line, const Costs& costs) {
  const int64_t most = std::min(kMostHosts, line.planning.callers);
  int64_t too_few = 0, hosts = 1;
  Plan found = PlanFor(line, costs, hosts);
  while (!found.objective_is_met) {
    if (hosts == most) {
      throw std::runtime_error(
          "no number of hosts up to " + GroupedText(most) + " keeps --objective, " +
          Format("p%g within ", found.objective_percentile) + DurationText(found.objective_ns) +
          "; give a longer time, or a shorter --service-time");
    }
    too_few = std::exchange(hosts, std::min(most, 2 * hosts));
    found = PlanFor(line, costs, hosts);
  }
  while (found.hosts - too_few > 1) {
    const int64_t middle = too_few + (found.hosts - too_few) / 2;
    Plan tried = PlanFor(line, costs, middle);
    if (tried.objective_is_met) {
      found = std::move(tried);
    } else {
      too_few = middle;
    }
  }
  return found;
}

}  // namespace

void Check(const CommandLine& line) {
  const PlanningOptions& asked = line.planning;
  Require(line.operands.empty(), "'staff plan' takes options only; leave out '" +
                                     (line.operands.empty() ? "" : line.operands.front()) + "'");
  Require(line.Has("costs"),
          "say what the steps of the server cost with --costs FILE, which staff calibrate writes");
  Require(!line.Has("hosts") || !line.Has("objective"),
          "--objective finds how many hosts it takes; leave out --hosts");
  Require(asked.hosts <= asked.callers,
          Format("--hosts %lld are more than --callers %lld; give fewer hosts or more callers",
                 static_cast<long long>(asked.hosts), static_cast<long long>(asked.callers)));
}

Plan MakePlan(const CommandLine& line, const Costs& costs) {
  Plan plan = line.planning.objective_ns > 0 ? FewestHosts(line, costs)
                                             : PlanFor(line, costs, line.planning.hosts);
  const double service_ns = plan.outcome.mean_service_ns;
  plan.bounds = BoundsOf(plan.host, costs, service_ns);
  plan.bottleneck = BottleneckOf(plan.host, plan.outcome);
  plan.extrapolated = Extrapolated(plan.host, plan.hosts, costs, service_ns);
  if (costs.pace.HadOthers()) {
    plan.warnings.push_back(
        Format("work took %.1f times as long in the mean while the costs were measured: others had "
               "the CPUs, and the plan takes that for what is usual; calibrate again when nothing "
               "else runs",
               costs.pace.Mean()));
  }
  return plan;
}

}  // namespace switchboard::load::sim

namespace switchboard::load {

int PlanMain(int argc, char** argv) {
  const CommandLine line = ParseCommandLine(kStaffPlan, argc, argv);
  if (line.help) {
    std::fputs(HelpText(kStaffPlan).c_str(), stdout);
    return 0;
  }
  sim::Check(line);
  const Costs costs = ReadCosts(line.planning.costs);
  OutputFile json(line.outputs.json_path);
  const sim::Plan plan = sim::MakePlan(line, costs);
  WriteAll(sim::ToText(plan), line.outputs.Text(), {{json, sim::ToJson(plan).ToString()}});
  return 0;
}

}  // namespace switchboard::load
