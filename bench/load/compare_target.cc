#include "bench/load/compare_target.h"

#include <cstdio>

#include "bench/load/load.h"
#include "bench/load/probe.h"
#include "src/linux/inspect.h"
#include "src/linux/process_tree.h"

namespace switchboard::load {
namespace {

int64_t ResidentBytesOfTree(int pid) {
  int64_t sum = 0;
  for (const int process : sys::ProcessTree(pid)) {
    const int64_t resident = sys::ResidentBytes(process);
    if (resident > 0) sum += resident;
  }
  return sum;
}

// What was sent in the measured part, answered in it or later: in a loop that keeps as many
// messages in flight, as many as the server answered in it.
double MessagesHandled(const Report& report) { return static_cast<double>(report.latency.count()); }

std::optional<double> PerMessage(std::optional<int64_t> count, const Report& report) {
  if (!count || report.latency.count() == 0) return std::nullopt;
  return static_cast<double>(*count) / MessagesHandled(report);
}

}  // namespace

Target::Target(const TargetSpec& spec, const CompareOptions& options)
    : name_(spec.name), load_(options.load) {
  load_.target = spec.address;
  load_.quiet = true;
  try {
    if (!spec.command.empty()) {
      const auto patience_ms = static_cast<int64_t>(options.start_timeout_s * 1000);
      server_ = std::make_unique<StartedServer>(spec.command, 0, Deadline(patience_ms));
      load_.target = server_->address().ToString();
    }
    if (load_.greeting != Greeting::kAuto) return;
    load_.greeting_text = Probe(load_).greeting;
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(name_ + ": " + error.what());
  }
  load_.greeting = load_.greeting_text.empty() ? Greeting::kNone : Greeting::kText;
}

std::optional<Turn> Target::TakeTurn(uint64_t seed, const std::atomic<bool>* stop) {
  std::optional<ProcessMeter> meter;
  if (server_) meter.emplace(server_->pid(), false);
  const std::optional<Report> report = Run(seed, stop, meter ? &*meter : nullptr);
  if (!report) return std::nullopt;
  Turn turn{.messages_per_second = report->MessagesPerSecond(),
            .p50_ns = static_cast<double>(report->latency.PercentileNs(50)),
            .p99_ns = static_cast<double>(report->latency.PercentileNs(99)),
            .verdict = report->verdict,
            .reason = report->reasons.empty() ? "" : report->reasons.front(),
            .cpu_us = {},
            .resident_bytes = {}};
  if (!server_) return turn;
  if (report->latency.count() > 0)
    turn.cpu_us = meter->spent().cpu_s * 1e6 / MessagesHandled(*report);
  turn.resident_bytes = ResidentBytesOfTree(server_->pid());
  return turn;
}

std::optional<Events> Target::CountEvents(uint64_t seed, const std::atomic<bool>* stop) {
  ProcessMeter meter(server_->pid(), true);
  event_obstacle_ = meter.obstacle();
  const std::optional<Report> report = Run(seed, stop, &meter);
  if (!report) return std::nullopt;
  const Spent spent = meter.spent();
  return Events{PerMessage(spent.system_calls, *report),
                PerMessage(spent.context_switches, *report)};
}

// The seed gives each round streams of its own, the same for all targets.
std::optional<Report> Target::Run(uint64_t seed, const std::atomic<bool>* stop,
                                  Observer* observer) {
  load_.seed = seed;
  if (server_ && !server_->Running()) Fail("ended by itself; run its command by hand to see why");
  std::optional<Report> report;
  try {
    report = RunLoad(load_, stop, observer);
  } catch (const std::runtime_error& error) {
    if (stop != nullptr && stop->load()) return std::nullopt;
    Fail(error.what());
  }
  // A Ctrl-C reaches a server that was started here as well, so what it did then is not held
  // against it.
  if (stop != nullptr && stop->load()) return std::nullopt;
  if (!report->verification.Passed()) {
    throw WrongEcho(name_ + ": its echo was wrong (" + report->reasons.front() +
                    "), so nothing is compared");
  }
  if (server_ && !server_->Running()) {
    Fail("ended by itself under load; run its command by hand to see why");
  }
  return report;
}

void Target::Fail(const std::string& what) { throw std::runtime_error(name_ + ": " + what); }

}  // namespace switchboard::load
