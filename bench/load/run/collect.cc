#include "bench/load/run/collect.h"

#include <algorithm>
#include <string>

#include "bench/load/base/units.h"
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
  const auto ended = static_cast<double>(report.Ended());
  report.generator.mean_in_flight_by_law = ended / report.seconds * report.latency.MeanNs() / 1e9;
}

// "at byte 128 of connection 3: 1f 20 where 9a b1 was expected".
std::string FirstWrong(const Plan& plan, const Capture& capture) {
  constexpr uint64_t kShown = 8;
  if (capture.received.empty()) return "";
  const Pattern pattern(plan.options.seed, capture.connection);
  std::string seen, expected;
  for (uint64_t i = 0; i < std::min<uint64_t>(kShown, capture.received.size()); ++i) {
    seen += Format(" %02x", static_cast<unsigned char>(capture.received[i]));
  }
  for (uint64_t i = 0; i < kShown && capture.offset + i < capture.sent; ++i) {
    expected += Format(" %02x", static_cast<unsigned char>(pattern.ByteAt(capture.offset + i)));
  }
  return Format("at byte %llu of connection %llu:%s where%s was expected",
                static_cast<unsigned long long>(capture.offset),
                static_cast<unsigned long long>(capture.connection), seen.c_str(),
                expected.empty() ? " nothing" : expected.c_str());
}

// Explains every wrong echo, now that it is known which streams exist and how long they are.
void Explain(const Plan& plan, const EventLoops& loops, Report& report) {
  uint64_t connections = 0, longest = 0;
  for (const auto& loop : loops) {
    connections = std::max(connections, loop->connections_end());
    longest = std::max(longest, loop->tally().longest_stream);
  }
  Damage& damage = report.verification.damage;
  std::string& first_wrong = report.verification.first_wrong;
  for (const auto& loop : loops) {
    for (const Capture& capture : loop->tally().captures) {
      if (first_wrong.empty()) first_wrong = FirstWrong(plan, capture);
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
