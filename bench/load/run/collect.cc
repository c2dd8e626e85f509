#include "bench/load/run/collect.h"

#include <algorithm>

#include "bench/load/measure/combine.h"

namespace switchboard::load {
namespace {

using EventLoops = std::vector<std::unique_ptr<EventLoop>>;

// What one thread adds, with how busy it was.
Report PartOf(const EventLoop& loop) {
  Report part = loop.tally().part;
  part.seconds = static_cast<double>(loop.measured_ns()) / 1e9;
  part.generator.connections_open = loop.ready_at_start();
  loop.attendance().Report(loop.measured_ns(), part.generator);
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
  return report;
}

}  // namespace switchboard::load
