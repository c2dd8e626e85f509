#include "bench/load/measure/report.h"

#include <algorithm>
#include <cmath>

namespace switchboard::load {

const char* PhaseName(Phase phase) {
  switch (phase) {
    case Phase::kConnect:
      return "connect";
    case Phase::kSend:
      return "send";
    case Phase::kReceive:
      return "receive";
    case Phase::kVerify:
      return "verify";
  }
  return "";
}

uint64_t Total(const Errors& errors) {
  uint64_t total = 0;
  for (const auto& [error, count] : errors) total += count;
  return total;
}

double Report::MessagesPerSecond() const {
  return seconds > 0 ? static_cast<double>(messages) / seconds : 0;
}

std::vector<const Second*> WholeTimeline(const Report& report) {
  constexpr double kLongestSeconds = 1e6;
  constexpr double kShortestRest = 0.1;  // a shorter rest without an answer is no second
  static const Second empty;
  const double seconds = std::clamp(report.seconds - kShortestRest, 0.0, kLongestSeconds);
  std::vector<const Second*> timeline;
  for (const Second& second : report.timeline) timeline.push_back(&second);
  timeline.resize(std::max(timeline.size(), static_cast<size_t>(std::ceil(seconds))), &empty);
  return timeline;
}

}  // namespace switchboard::load
