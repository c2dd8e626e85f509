#include "bench/load/run/collect.h"

#include <algorithm>

#include "bench/load/measure/combine.h"

namespace switchboard::load {
namespace {

using EventLoops = std::vector<std::unique_ptr<EventLoop>>;

// What one thread adds, with how busy it was.
Report PartOf(const EventLoop& loop) {
  Report part = loop.tally().part;
  const auto measured_ns = static_cast<double>(loop.measured_ns());
  const auto cpu_ns = static_cast<double>(loop.cpu_ns());
  const auto busy_ns = static_cast<double>(loop.busy_ns());
  Generator& generator = part.generator;
  generator.connections_open = loop.ready_at_start();
  generator.cpu_s = cpu_ns / 1e9;
  if (measured_ns == 0) return part;
  part.seconds = measured_ns / 1e9;
  generator.busy_share = std::min(1.0, busy_ns / measured_ns);
  generator.waiting_share = std::min(generator.busy_share, (busy_ns - cpu_ns) / measured_ns);
  return part;
}

void AddInFlight(const EventLoops& loops, Report& report) {
  if (report.seconds == 0) return;
  double area = 0;
  for (const auto& loop : loops) area += loop->tally().in_flight_area();
  report.generator.mean_in_flight = area / (report.seconds * 1e9);
  report.generator.mean_in_flight_by_law =
      report.MessagesPerSecond() * report.latency.MeanNs() / 1e9;
}

// Explains every wrong echo, now that it is known which streams exist and how long they are.
void Explain(const Plan& plan, const EventLoops& loops, Report& report) {
  uint64_t connections = 0, longest = 0;
  for (const auto& loop : loops) {
    connections = std::max(connections, loop->connections_end());
    longest = std::max(longest, loop->tally().longest_stream);
  }
  Damage& damage = report.verification.damage;
  for (const auto& loop : loops) {
    for (const Capture& capture : loop->tally().captures) {
      damage.Add(Classify(plan.options.seed, connections, longest,
                          {.connection = capture.connection,
                           .offset = capture.offset,
                           .sent = capture.sent,
                           .received = capture.received,
                           .complete = capture.complete}));
    }
  }
  for (const DamageKind& kind : kDamageKinds) {
    if (damage.*kind.bytes > 0) report.errors[{Phase::kVerify, kind.name}] = damage.*kind.bytes;
  }
}

}  // namespace

Report Collect(const Plan& plan, const EventLoops& loops) {
  Report report;
  report.options = plan.options;
  for (const auto& loop : loops) Combine(PartOf(*loop), report);
  AddInFlight(loops, report);
  Explain(plan, loops, report);
  // A closed loop sends when it intends to; there is no other latency to be naive about.
  if (!plan.options.IsOpenLoop()) report.naive_latency = report.latency;
  return report;
}

}  // namespace switchboard::load
