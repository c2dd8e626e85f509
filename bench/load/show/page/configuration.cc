#include "bench/load/show/page/configuration.h"

#include <optional>

#include "bench/load/base/units.h"
#include "bench/load/show/page/figure.h"
#include "bench/load/show/text.h"

namespace switchboard::load {
namespace {

std::string LengthText(const Options& options) {
  std::string text;
  if (options.duration_s > 0) text = Format("%.6g s", options.duration_s);
  if (options.messages > 0) {
    text += (text.empty() ? "" : " or ") + GroupedText(options.messages) + " messages";
  }
  return text + Format(", after %.6g s of warm-up", options.warmup_s);
}

std::string SourcesText(const Options& options) {
  std::string text;
  for (const std::string& each : options.sources) text += (text.empty() ? "" : ", ") + each;
  if (!text.empty()) return text;
  return options.source_auto ? "auto" : "as the kernel chooses";
}

}  // namespace

// "1 connection", "2 connections".
std::string CountText(uint64_t count, const char* what) {
  return GroupedText(count) + " " + what + (count == 1 ? "" : "s");
}

std::string LoadText(const Options& options) {
  std::string text = Format("closed loop, %d in flight on each connection", options.depth);
  if (options.IsOpenLoop()) {
    const char* const arrivals = options.arrivals == Arrivals::kPoisson ? "poisson" : "uniform";
    text = "open loop, " + RateText(options.rate) + " messages/s, " + arrivals + " arrivals";
  }
  if (options.IsChurn()) text += ", " + CountText(options.messages_per_call, "message") + " a call";
  if (options.calls_per_second > 0) text += ", " + RateText(options.calls_per_second) + " calls/s";
  if (options.HasPatience()) text += ", patience " + options.patience;
  return text;
}

std::string SizeText(const Options& options) {
  const bool one = options.max_size_bytes == options.min_size_bytes;
  return (one ? "" : GroupedText(options.min_size_bytes) + " to ") +
         CountText(options.max_size_bytes, "byte");
}

Table ConfigurationTable(const Report& report) {
  const Options& options = report.options;
  Table table{.caption = "What was asked for",
              .header = {},
              .rows = {{"Target", options.target},
                       {"Load", LoadText(options)},
                       {"Connections", GroupedText(static_cast<uint64_t>(options.connections))},
                       {"Message size", SizeText(options)},
                       {"Length", LengthText(options)},
                       {"Threads", std::to_string(options.threads)},
                       {"Called from", SourcesText(options)},
                       {"Seed", std::to_string(options.seed)}},
              .style = "pairs"};
  if (options.connect_rate > 0) {
    table.rows.push_back({"Opened at", RateText(options.connect_rate) + " connections/s"});
  }
  return table;
}

std::vector<std::vector<std::string>> MachineRows(const Machine& machine) {
  return {{"Host", machine.host},
          {"CPU", machine.cpu},
          {"CPUs", std::to_string(machine.cpus)},
          {"Kernel", machine.kernel},
          {"Program", machine.version + ", " + machine.compiler}};
}

std::string WhenAndWhere(const Machine& machine) {
  return machine.started_at + (machine.host.empty() ? "" : ", on ") + machine.host;
}

Table MachineTable(const Report& report) {
  const Generator& generator = report.generator;
  Table table{.caption = "Where the load came from",
              .header = {},
              .rows = MachineRows(report.machine),
              .style = "pairs"};
  table.rows.push_back(
      {"Busiest thread", Format("%.0f %% running, %.0f %% waiting for a CPU",
                                100 * (generator.busy_share - generator.busiest_waiting_share),
                                100 * generator.busiest_waiting_share)});
  table.rows.push_back({"CPU time", Format("%.3g s", generator.cpu_s)});
  table.rows.push_back(
      {"In flight", Format("%.3g on average, by rate and latency %.3g", generator.mean_in_flight,
                           generator.mean_in_flight_by_law)});
  return table;
}

std::string MachinesSection(const Report& report) {
  if (report.machines.empty()) return "";
  const bool withheld = !report.verification.Passed();
  const auto duration = [&](const std::optional<int64_t>& ns) {
    return ns && !withheld ? ReadableDuration(*ns) : "–";
  };
  Table table{.caption = "What each of them added",
              .header = {"Run", "Host", "Messages/s", "p99", "Send lag, p99", "Clock", "Verdict"},
              .rows = {},
              .style = "numbers"};
  for (const MergedRun& each : report.machines) {
    const auto rate = static_cast<uint64_t>(each.messages_per_second + 0.5);
    table.rows.push_back({each.name, each.host, withheld ? "–" : GroupedText(rate),
                          duration(each.p99_ns), duration(each.send_lag_p99_ns),
                          each.clock_ahead_s ? ClockText(each) : "–", each.verdict});
  }
  return "<section>\n<h2>Machines</h2>\n" + ToMarkup(table) + "</section>\n";
}

std::string CommandBlock(const std::string& command) {
  if (command.empty()) return "";
  return "<h3>The command that repeats it</h3>\n<pre class=\"command\" tabindex=\"0\">" +
         Escaped(command) + "</pre>\n";
}

std::string ConfigurationSection(const Report& report) {
  return "<section>\n<h2>Configuration</h2>\n<div class=\"columns\">" +
         ToMarkup(ConfigurationTable(report)) + ToMarkup(MachineTable(report)) + "</div>\n" +
         CommandBlock(report.command) + "</section>\n";
}

}  // namespace switchboard::load
