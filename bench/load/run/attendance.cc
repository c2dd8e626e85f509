#include "bench/load/run/attendance.h"

#include <algorithm>

#include "bench/linux/cgroup.h"
#include "bench/linux/machine.h"
#include "src/linux/clock.h"

namespace switchboard::load {

Attendance::Spent Attendance::Spent::Now() {
  return {.cpu_ns = sys::ThreadCpuNs(),
          .waiting_ns = sys::ThreadRunDelayNs(),
          .throttled_ns = sys::ThrottledNs()};
}

void Attendance::Begin() { begin_ = Spent::Now(); }
void Attendance::End() { end_ = Spent::Now(); }

// Every message under way waited for it, at least the one that it would have sent.
void Attendance::Away(int64_t now_ns) {
  const Window& window = tally_.window;
  const int64_t from_ns = std::clamp(expected_ns_, window.start_ns, window.end_ns);
  const int64_t away_ns = std::clamp(now_ns, window.start_ns, window.end_ns) - from_ns;
  if (away_ns < kPauseNs) return;
  away_ns_ += away_ns;
  tally_.part.held_up.Record(away_ns,
                             static_cast<uint64_t>(std::max<int64_t>(1, tally_.in_flight())));
}

void Attendance::Report(int64_t measured_ns, Generator& generator) const {
  if (measured_ns <= 0) return;
  const auto share = [&](int64_t ns) {
    return std::clamp(static_cast<double>(ns) / static_cast<double>(measured_ns), 0.0, 1.0);
  };
  const int64_t cpu_ns = end_.cpu_ns - begin_.cpu_ns;
  const int64_t waiting_ns = end_.waiting_ns - begin_.waiting_ns;
  generator.cpu_s = static_cast<double>(cpu_ns) / 1e9;
  generator.busy_share = share(cpu_ns + waiting_ns);
  generator.waiting_share = generator.busiest_waiting_share = share(waiting_ns);
  generator.throttled_share = share(end_.throttled_ns - begin_.throttled_ns);
  generator.away_share = share(away_ns_);
}

}  // namespace switchboard::load
