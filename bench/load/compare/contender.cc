#include "bench/load/compare/contender.h"

#include <cstdio>
#include <stdexcept>

#include "bench/linux/inspect.h"
#include "bench/linux/process_tree.h"
#include "bench/load/run/load.h"
#include "bench/load/run/wrong_echo.h"
#include "bench/load/target/probe.h"

namespace switchboard::load {
namespace {

// What was sent in the measured part, answered in it or later: in a loop that keeps as many
// messages in flight, as many as the server answered in it.
double MessagesHandled(const Report& report) { return static_cast<double>(report.latency.count()); }

std::optional<double> PerMessage(std::optional<int64_t> count, const Report& report) {
  if (!count || report.messages == 0) return std::nullopt;
  return static_cast<double>(*count) / MessagesHandled(report);
}

// Nothing where nothing was answered, though its messages have waited, too.
std::optional<double> PercentileNs(const Report& report, double percent) {
  if (report.messages == 0 || !report.latency.Tells(percent)) return std::nullopt;
  return static_cast<double>(report.latency.PercentileNs(percent));
}

}  // namespace

Contender::Contender(const TargetSpec& spec, const CompareOptions& options,
                     const std::atomic<bool>* stop)
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
    load_.greeting_text = Probe(load_, stop).greeting;
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(name_ + ": " + error.what());
  }
  load_.greeting = load_.greeting_text.empty() ? Greeting::kNone : Greeting::kText;
}

std::optional<Trial> Contender::RunTrial(uint64_t seed, const std::atomic<bool>* stop) {
  std::optional<ProcessMeter> meter;
  if (server_) meter.emplace(server_->pid(), false);
  const std::optional<Report> report = Run(seed, stop, meter ? &*meter : nullptr);
  if (!report) return std::nullopt;
  Trial trial;
  trial.messages_per_second = report->MessagesPerSecond();
  trial.verdict = report->verdict;
  trial.reason = report->reasons.empty() ? "" : report->reasons.front();
  const bool answered = report->messages > 0;
  trial.p50_ns = PercentileNs(*report, 50);
  trial.p99_ns = PercentileNs(*report, 99);
  if (!server_) return trial;
  if (answered) trial.cpu_us = meter->spent().cpu_s * 1e6 / MessagesHandled(*report);
  trial.resident_bytes = static_cast<double>(sys::SumOverTree(server_->pid(), sys::ResidentBytes));
  return trial;
}

std::optional<Events> Contender::CountEvents(uint64_t seed, const std::atomic<bool>* stop) {
  ProcessMeter meter(server_->pid(), true);
  event_obstacle_ = meter.obstacle();
  const std::optional<Report> report = Run(seed, stop, &meter);
  if (!report) return std::nullopt;
  const Spent spent = meter.spent();
  return Events{PerMessage(spent.system_calls, *report),
                PerMessage(spent.context_switches, *report)};
}

// The seed gives each round streams of its own, the same for all targets.
std::optional<Report> Contender::Run(uint64_t seed, const std::atomic<bool>* stop,
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

void Contender::Fail(const std::string& what) { throw std::runtime_error(name_ + ": " + what); }

}  // namespace switchboard::load
