#include "bench/load/run/collect.h"

#include <algorithm>

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
void AddGenerator(const std::vector<std::unique_ptr<EventLoop>>& loops, Report& report) {
  Generator& generator = report.generator;
  double area = 0;
  for (const auto& loop : loops) {
    const auto measured_ns = static_cast<double>(loop->measured_ns());
    report.seconds = std::max(report.seconds, measured_ns / 1e9);
    generator.connections_open += loop->ready_at_start();
    generator.cpu_s += static_cast<double>(loop->cpu_ns()) / 1e9;
    area += loop->tally().in_flight_area();
    if (measured_ns == 0) continue;
    const double share = std::min(1.0, static_cast<double>(loop->busy_ns()) / measured_ns);
    if (share < generator.busy_share) continue;
    generator.busy_share = share;
    generator.waiting_share =
        std::min(share, static_cast<double>(loop->busy_ns() - loop->cpu_ns()) / measured_ns);
  }
  if (report.seconds == 0) return;
  generator.mean_in_flight = area / (report.seconds * 1e9);
  generator.mean_in_flight_by_law = report.MessagesPerSecond() * report.latency.MeanNs() / 1e9;
}

// Explains every wrong echo, now that it is known which streams exist and how long they are.
void Explain(const Plan& plan, const std::vector<std::unique_ptr<EventLoop>>& loops,
             Report& report) {
  uint64_t connections = 0, longest = 0;
  for (const auto& loop : loops) {
    connections = std::max(connections, loop->connections_end());
    longest = std::max(longest, loop->tally().longest_stream);
  }
  for (const auto& loop : loops) {
    for (const Capture& capture : loop->tally().captures) {
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

Report Collect(const Plan& plan, const std::vector<std::unique_ptr<EventLoop>>& loops) {
  Report report;
  report.options = plan.options;
  for (const auto& loop : loops) Add(loop->tally(), report);
  AddGenerator(loops, report);
  Explain(plan, loops, report);
  // A closed loop sends when it intends to; there is no other latency to be naive about.
  if (!plan.options.IsOpenLoop()) report.naive_latency = report.latency;
  return report;
}

}  // namespace switchboard::load
