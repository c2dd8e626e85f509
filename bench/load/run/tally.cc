#include "bench/load/run/tally.h"

#include <cstring>

namespace switchboard::load {

void Tally::StartTimeline(double expected_s) {
  constexpr double kMostSeconds = 3600;
  part.timeline.reserve(static_cast<size_t>(std::min(expected_s, kMostSeconds)) + 2);
  if (part.timeline.empty()) NextSecond();
}

void Tally::MakeRoom(double expected_s) {
  constexpr double kFewestSeconds = 10;
  part.bins.MakeRoom(std::max(expected_s, kFewestSeconds));
}

void Tally::NextSecond() {
  if (part.timeline.empty()) next_second_ns_ = window.start_ns;
  part.timeline.emplace_back();
  next_second_ns_ += 1'000'000'000;
}

void Tally::Unanswered(const Message& message, int64_t now_ns) {
  if (!window.Contains(message.intended_ns)) return;
  ++part.generator.unanswered;
  RecordLatency(message, now_ns);
}

void Tally::NeverSent(const Message& message, int64_t now_ns) {
  if (!window.Contains(message.intended_ns)) return;
  ++part.generator.not_offered;
  RecordLatency(message, now_ns);
}

void Tally::Failed(Phase phase, const char* name, int64_t now_ns) {
  ++part.errors[{phase, name}];
  ++error_count;
  if (!window.Contains(now_ns)) return;
  ++part.errors_measured[{phase, name}];
  ++SecondAt(now_ns).errors;
  ++part.bins.At(now_ns - window.start_ns).errors;
}

void Tally::Failed(Phase phase, int error, int64_t now_ns) {
  const char* const name = ::strerrorname_np(error);
  Failed(phase, name != nullptr ? name : "UNKNOWN", now_ns);
}

int64_t Tally::RecentP99Ns() const {
  if (part.timeline.size() < 2) return 0;
  const Histogram& latency = part.timeline[part.timeline.size() - 2].latency;
  return latency.Tells(99) ? latency.PercentileNs(99) : 0;
}

}  // namespace switchboard::load
