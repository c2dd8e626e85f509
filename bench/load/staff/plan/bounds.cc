#include "bench/load/staff/plan/bounds.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "bench/load/base/units.h"

namespace switchboard::load::sim {
namespace {

constexpr const char* kReactor = "operator (reactor)";
constexpr const char* kWorkers = "employees (workers)";
constexpr const char* kCpus = "CPUs";
constexpr const char* kGenerator = "callers (load generator)";
constexpr const char* kCallers = "callers, who wait for their echo before they speak again";
constexpr const char* kNobody = "nobody: all have time left";

constexpr const char* kFirstWorker = "employee (first worker)";
constexpr const char* kOneCpu = ", on the CPU that the operator shares with the first employee";

constexpr double kBusy = 0.85, kAlwaysBusy = 0.95;

// Where a message has to be served: for how long at least, and by how many at the same time.
struct Station {
  const char* name;
  double demand_ns;
  double servers;
};

std::vector<Station> StationsOf(const Scenario& scenario, const Costs& costs, double service_ns) {
  const double size = scenario.size_bytes, processes = scenario.processes;
  const double callers = static_cast<double>(scenario.callers);
  const double read = costs.Read(size, callers), write = costs.Write(size, callers);
  const double reactor = costs.poll_event + read + costs.job, worker = write + service_ns;
  const double generator = scenario.generator_here ? costs.poll_event + read + costs.client +
                                                         size * costs.client_byte + write
                                                   : 0;
  const double cpu = reactor + write + generator + (scenario.cpu_service ? service_ns : 0);
  return {{kReactor, reactor, processes},
          {kWorkers, worker, processes * scenario.workers},
          {kGenerator, generator, 1},
          {kCpus, cpu, static_cast<double>(scenario.cpus)}};
}

// How far a real run is from the scenario, by the logarithms of all that both have.
double Apart(const Scenario& scenario, double service_us, const ComparedRun& run) {
  const auto apart = [](double one, double other) {
    return std::abs(std::log1p(one) - std::log1p(other));
  };
  return apart(static_cast<double>(scenario.callers), run.callers) +
         apart(scenario.workers, run.workers) + apart(scenario.size_bytes, run.size_bytes) +
         apart(service_us, run.service_us) + apart(scenario.processes, run.processes) +
         apart(scenario.rate, run.rate);
}

std::string MissText(const ComparedRun& run) {
  const std::string p99 =
      run.measured_p99_us > 0 ? Format("by %+.0f %%", 100 * run.P99Error()) : "not known";
  return Format(
      "the real run nearest to it, with %g callers, %g workers, %g bytes a message and %g us of "
      "service, was missed: throughput off by %+.0f %%, p99 %s",
      run.callers, run.workers, run.size_bytes, run.service_us, 100 * run.ThroughputError(),
      p99.c_str());
}

}  // namespace

Bounds BoundsOf(const Scenario& scenario, const Costs& costs, double service_ns) {
  Bounds bounds{.per_second = 1e18, .by = kNobody};
  const auto lower = [&bounds](double per_second, const char* by) {
    if (per_second >= bounds.per_second) return;
    bounds.per_second = per_second;
    bounds.by = by;
  };
  double alone_ns = 0;
  for (const Station& station : StationsOf(scenario, costs, service_ns)) {
    if (station.demand_ns > 0) lower(station.servers / station.demand_ns * 1e9, station.name);
    if (station.name != kCpus) alone_ns += station.demand_ns;
  }
  bounds.mean_ns = alone_ns;
  if (scenario.IsOpen()) {
    lower(scenario.rate, "callers, who say no more");
  } else {
    const double callers = static_cast<double>(scenario.callers);
    bounds.mean_ns = std::max(alone_ns, callers / bounds.per_second * 1e9);
    if (alone_ns > 0) lower(callers / alone_ns * 1e9, kCallers);
  }
  return bounds;
}

// Where the reactor and its companion share a CPU, who needs more of it is to blame. That threads
// wait for CPUs is to be said only where none of them is busy all of the time.
std::string BottleneckOf(const Scenario& scenario, const Outcome& outcome) {
  struct Busy {
    std::string name;
    double part;
  };
  const bool reactor_first = outcome.reactor >= outcome.companion;
  const double shared = scenario.workers > 0 && outcome.workers < kBusy && outcome.reactor < kBusy
                            ? outcome.reactor + outcome.companion
                            : 0;
  const Busy all[] = {
      {kReactor, outcome.reactor},
      {kWorkers, outcome.workers},
      {kGenerator, outcome.generator},
      {std::string(reactor_first ? kReactor : kFirstWorker) + kOneCpu, shared},
  };
  const Busy& busiest = *std::ranges::max_element(all, {}, &Busy::part);
  if (busiest.part >= kAlwaysBusy) return busiest.name;
  if (outcome.cpus >= kBusy) return kCpus;
  if (busiest.part >= kBusy) return busiest.name;
  // What cannot keep up has a limit, though none of them reaches it for waiting for each other.
  if (!outcome.keeps_up) return outcome.cpus >= busiest.part ? kCpus : busiest.name;
  return scenario.IsOpen() ? kNobody : kCallers;
}

std::vector<std::string> Extrapolated(const Scenario& scenario, int64_t hosts, const Costs& costs,
                                      double service_ns) {
  std::vector<ComparedRun> rows;
  std::ranges::copy_if(costs.compared, std::back_inserter(rows), &ComparedRun::Holds);
  if (rows.empty()) return {"no real run has been compared with a simulation by these costs"};
  std::vector<std::string> reasons;
  const auto compare = [&](const char* what, double value, double ComparedRun::*field) {
    const auto [least, most] =
        std::ranges::minmax(rows, {}, [field](const ComparedRun& row) { return row.*field; });
    // A mean that was drawn is not exactly what was asked for.
    if (value >= 0.9 * (least.*field) && value <= 1.1 * (most.*field)) return;
    reasons.push_back(
        Format("%g %s; compared were %g to %g", value, what, least.*field, most.*field));
  };
  compare("callers on a host", static_cast<double>(scenario.callers), &ComparedRun::callers);
  compare("workers", scenario.workers, &ComparedRun::workers);
  compare("bytes a message", scenario.size_bytes, &ComparedRun::size_bytes);
  compare("us of service", service_ns / 1e3, &ComparedRun::service_us);
  compare("processes", scenario.processes, &ComparedRun::processes);
  if (scenario.IsOpen()) compare("messages per second", scenario.rate, &ComparedRun::rate);
  if (scenario.cpu_service && std::ranges::none_of(rows, &ComparedRun::cpu_service)) {
    reasons.push_back("a service that takes CPU time");
  }
  if (scenario.cpus != static_cast<int>(costs.cpus)) {
    reasons.push_back(Format("%d CPUs; compared were %.0f", scenario.cpus, costs.cpus));
  }
  // The ranges of what was matched are a box, and what was missed may lie in the middle of it.
  const ComparedRun& nearest = *std::ranges::min_element(
      costs.compared, {},
      [&](const ComparedRun& run) { return Apart(scenario, service_ns / 1e3, run); });
  if (!nearest.Holds()) reasons.push_back(MissText(nearest));
  if (!scenario.generator_here) reasons.push_back("callers on other hosts");
  if (hosts > 1) reasons.push_back("hosts behind a balancer");
  return reasons;
}

}  // namespace switchboard::load::sim
