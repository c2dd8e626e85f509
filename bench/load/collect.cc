#include "bench/load/collect.h"

#include <algorithm>
#include <ctime>

#include "src/linux/machine.h"
#include "src/linux/process.h"

namespace switchboard::load {
namespace {

// Counts and histograms of one thread.
void Add(const Tally& tally, Report& report) {
  report.messages += tally.messages;
  report.bytes += tally.bytes;
  report.latency.Merge(tally.latency);
  report.naive_latency.Merge(tally.naive_latency);
  report.connect.Merge(tally.connect);
  report.send_lag.Merge(tally.send_lag);
  for (const auto& [error, count] : tally.errors) report.errors[error] += count;
  report.verification.verified_bytes += tally.verified_bytes;
  report.verification.bad_connections += tally.bad_connections;
  report.verification.damage.lost += tally.lost_bytes;
  report.generator.intended += tally.intended;
  report.generator.intended_calls += tally.intended_calls;
  report.generator.not_offered += tally.not_offered;
  report.generator.unanswered += tally.unanswered;
  report.generator.calls += tally.calls;
  AddTimeline(tally.timeline, report.timeline);
}

// How busy the threads were, and how long the measured part was: that of the slowest thread.
void AddGenerator(const std::vector<std::unique_ptr<Worker>>& workers, Report& report) {
  Generator& generator = report.generator;
  double area = 0;
  for (const auto& worker : workers) {
    const auto measured_ns = static_cast<double>(worker->measured_ns());
    report.seconds = std::max(report.seconds, measured_ns / 1e9);
    generator.connections_open += worker->ready_at_start();
    generator.cpu_s += static_cast<double>(worker->cpu_ns()) / 1e9;
    area += worker->tally().in_flight_area();
    if (measured_ns == 0) continue;
    const double share = std::min(1.0, static_cast<double>(worker->busy_ns()) / measured_ns);
    if (share < generator.busy_share) continue;
    generator.busy_share = share;
    generator.waiting_share =
        std::min(share, static_cast<double>(worker->busy_ns() - worker->cpu_ns()) / measured_ns);
  }
  if (report.seconds == 0) return;
  generator.mean_in_flight = area / (report.seconds * 1e9);
  generator.mean_in_flight_by_law = report.MessagesPerSecond() * report.latency.MeanNs() / 1e9;
}

// Explains every wrong echo, now that it is known which streams exist and how long they are.
void Explain(const Plan& plan, const std::vector<std::unique_ptr<Worker>>& workers,
             Report& report) {
  uint64_t connections = 0, longest = 0;
  for (const auto& worker : workers) {
    connections = std::max(connections, worker->connections_end());
    longest = std::max(longest, worker->tally().longest_stream);
  }
  for (const auto& worker : workers) {
    for (const Capture& capture : worker->tally().captures) {
      report.verification.damage.Add(Classify(plan.options.seed, connections, longest,
                                              {.connection = capture.connection,
                                               .offset = capture.offset,
                                               .sent = capture.sent,
                                               .received = capture.received,
                                               .complete = capture.complete}));
    }
  }
  const Damage& damage = report.verification.damage;
  const std::pair<const char*, uint64_t> kinds[] = {{"lost", damage.lost},
                                                    {"duplicated", damage.duplicated},
                                                    {"reordered", damage.reordered},
                                                    {"corrupted", damage.corrupted},
                                                    {"foreign", damage.foreign}};
  for (const auto& [kind, bytes] : kinds) {
    if (bytes > 0) report.errors[{Phase::kVerify, kind}] = bytes;
  }
}

}  // namespace

Machine ThisMachine() {
  Machine machine;
  machine.host = sys::HostName();
  machine.kernel = sys::KernelVersion();
  machine.cpu = sys::CpuModel();
  machine.cpus = sys::AvailableCpus();
#ifdef __clang__
  machine.compiler = "clang " __clang_version__;
#else
  machine.compiler = "gcc " __VERSION__;
#endif
  machine.version = SWITCHBOARD_VERSION;
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  char text[32] = "";
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", ::gmtime_r(&now, &utc));
  machine.started_at = text;
  return machine;
}

Report Collect(const Plan& plan, const std::vector<std::unique_ptr<Worker>>& workers) {
  Report report;
  report.options = plan.options;
  for (const auto& worker : workers) Add(worker->tally(), report);
  AddGenerator(workers, report);
  Explain(plan, workers, report);
  // A closed loop sends when it intends to; there is no other latency to be naive about.
  if (!plan.options.IsOpenLoop()) report.naive_latency = report.latency;
  return report;
}

}  // namespace switchboard::load
