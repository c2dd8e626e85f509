#include "bench/load/staff/plan/show.h"

#include <cmath>
#include <utility>

#include "bench/load/base/units.h"

namespace switchboard::load::sim {
namespace {

constexpr const char* kSchema = "switchboard-plan/1";
constexpr const char* kExtrapolated = "extrapolated, not validated here";

std::string Percent(double part) { return Format("%.1f %%", 100 * part); }
std::string Rate(double rate) { return GroupedText(static_cast<uint64_t>(std::llround(rate))); }
std::string Number(int64_t number) { return GroupedText(static_cast<uint64_t>(number)); }

std::string Count(int64_t number, const char* what) {
  return Number(number) + " " + what + (number == 1 ? "" : "s");
}

std::string Asked(const Plan& plan) {
  const Scenario& host = plan.host;
  std::string text = Number(plan.hosts) + (plan.hosts == 1 ? " host" : " hosts, each") + " with " +
                     Count(host.cpus, "CPU") + ", " + Number(host.processes) + " x " +
                     Count(host.workers, "worker") + " and " + Count(host.callers, "caller") +
                     " of " + BytesText(host.size_bytes);
  if (host.IsOpen()) text += ", " + RateText(host.rate) + " messages per second";
  if (!host.service_time.empty()) {
    text += ", service " + std::string(host.cpu_service ? "cpu:" : "") + host.service_time;
  }
  return text + "\n\n";
}

std::string Line(const char* name, const std::string& value) {
  return Format("%-24s", name) + value + "\n";
}

std::string BoundsText(const Plan& plan) {
  return "whatever the simulation says, a host does at most " + Rate(plan.bounds.per_second) +
         " messages per second, by the\n" + plan.bounds.by + "; a message takes at least " +
         DurationText(std::llround(plan.bounds.mean_ns)) + " in the mean\n";
}

Json Known(bool known, Json value) { return known ? std::move(value) : Json(); }

}  // namespace

std::string ToText(const Plan& plan) {
  const Outcome& outcome = plan.outcome;
  const auto percentile = [&outcome](double percent) {
    return outcome.keeps_up ? DurationText(outcome.latency.PercentileNs(percent))
                            : std::string("grows without end");
  };
  std::string text = Asked(plan);
  text += Line("messages per second", Rate(outcome.per_second * static_cast<double>(plan.hosts)));
  text += Line("p50", percentile(50)) + Line("p99", percentile(99));
  text += Line("operator busy", Percent(outcome.reactor));
  text += Line("employees busy", Percent(outcome.workers));
  text += Line("CPUs busy", Percent(outcome.cpus));
  if (plan.host.generator_here) text += Line("load generator busy", Percent(outcome.generator));
  text += Line("wakes per message", Format("%.2f", outcome.wakes_per_message));
  text += Line("bottleneck", plan.bottleneck);
  if (plan.objective_ns > 0) {
    text += Line("hosts needed", Number(plan.hosts) +
                                     Format(" for p%g within ", plan.objective_percentile) +
                                     DurationText(plan.objective_ns));
  }
  text += "\n";
  for (const std::string& warning : plan.warnings) text += "warning: " + warning + "\n";
  if (!plan.extrapolated.empty()) {
    text += std::string(kExtrapolated) + ":\n";
    for (const std::string& reason : plan.extrapolated) text += "- " + reason + "\n";
  }
  return text + BoundsText(plan);
}

Json ToJson(const Plan& plan) {
  const Scenario& host = plan.host;
  const Outcome& outcome = plan.outcome;
  const double hosts = static_cast<double>(plan.hosts);
  const auto percentile_us = [&outcome](double percent) {
    return Known(outcome.keeps_up,
                 static_cast<double>(outcome.latency.PercentileNs(percent)) / 1e3);
  };
  Json json{Json::Object{{"schema", kSchema}, {"hosts", plan.hosts}}};
  json.Set("host",
           Json::Object{{"cpus", host.cpus},
                        {"processes", host.processes},
                        {"workers", host.workers},
                        {"callers", host.callers},
                        {"rate", Known(host.IsOpen(), host.rate)},
                        {"size_bytes", host.size_bytes},
                        {"service_time", Known(!host.service_time.empty(), host.service_time)},
                        {"cpu_service", host.cpu_service},
                        {"service_us", outcome.mean_service_ns / 1e3},
                        {"generator_here", host.generator_here},
                        {"seed", host.seed}});
  json.Set("messages_per_second", outcome.per_second * hosts);
  json.Set("messages", outcome.latency.count());
  json.Set("keeps_up", outcome.keeps_up);
  json.Set("latency_us",
           Json::Object{{"mean", Known(outcome.keeps_up, outcome.latency.MeanNs() / 1e3)},
                        {"p50", percentile_us(50)},
                        {"p90", percentile_us(90)},
                        {"p99", percentile_us(99)},
                        {"p999", percentile_us(99.9)},
                        {"max", percentile_us(100)}});
  json.Set("utilisation",
           Json::Object{{"operator", outcome.reactor},
                        {"employees", outcome.workers},
                        {"cpus", outcome.cpus},
                        {"generator", Known(host.generator_here, outcome.generator)}});
  json.Set("wakes_per_message", outcome.wakes_per_message);
  json.Set("p_wait", outcome.p_wait);
  json.Set("mean_wait_us", outcome.mean_wait_ns / 1e3);
  json.Set("bottleneck", plan.bottleneck);
  if (plan.objective_ns > 0) {
    json.Set("objective", Json::Object{{"percentile", plan.objective_percentile},
                                       {"limit_us", static_cast<double>(plan.objective_ns) / 1e3},
                                       {"hosts_needed", plan.hosts}});
  }
  json.Set("validity", plan.extrapolated.empty() ? "validated here" : kExtrapolated);
  json.Set("extrapolated", Json::Array(plan.extrapolated.begin(), plan.extrapolated.end()));
  json.Set("warnings", Json::Array(plan.warnings.begin(), plan.warnings.end()));
  json.Set("bounds", Json::Object{{"messages_per_second", plan.bounds.per_second * hosts},
                                  {"by", plan.bounds.by},
                                  {"mean_us", plan.bounds.mean_ns / 1e3}});
  return json;
}

}  // namespace switchboard::load::sim
