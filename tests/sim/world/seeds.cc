#include "tests/sim/world/seeds.h"

#include <algorithm>
#include <array>

namespace switchboard::sim {
namespace {

using Ending = CallerPlan::Ending;

constexpr int64_t kMsNs = 1'000'000;
// Five listeners, an epoll set and an eventfd leave five for callers.
constexpr size_t kFewDescriptors = 15;

constexpr int64_t kStartNs = 1'000'000'000;  // when a machine's clock begins

template <typename Value, size_t count>
Value OneOf(Random& random, const std::array<Value, count>& values) {
  return values[random.Below(count)];
}

Options OptionsOf(Random& random) {
  Options options = DefaultOptions();
  options.workers = static_cast<int>(random.Between(1, 4));
  options.service_workers["slow"] = static_cast<int>(random.Between(1, 3));
  if (random.OneIn(3)) options.service_workers.clear();
  options.greeting = random.OneIn(2) ? "" : "hello\n";
  options.read_buffer_bytes = OneOf(random, std::array{1024, 2000, 4096, 16384});
  options.socket_buffer_bytes = OneOf(random, std::array{0, 0, 1000, 5000});
  options.idle_timeout_ms = OneOf(random, std::array{0, 500, 2000});
  options.write_timeout_ms = OneOf(random, std::array{0, 700, 3000});
  options.drain_timeout_ms = OneOf(random, std::array{0, 100, 5000});
  options.trace = random.OneIn(4);
  options.log_level = random.OneIn(2) ? LogLevel::kDebug : LogLevel::kInfo;
  options.backlog = random.OneIn(4) ? 1 : 100;
  if (random.OneIn(3)) options.max_connections = random.Between(1, 4);
  if (random.OneIn(6)) options.max_per_address = random.Between(1, 6);
  if (random.OneIn(2)) options.when_full = WhenFull::kBusy;
  options.lame_duck_ms = OneOf(random, std::array{0, 0, 300});
  options.drain_callers_ms = OneOf(random, std::array{0, 0, 400});
  return options;
}

// Of a proxy that calls for somebody, or for itself; version 1 or 2.
std::string HeaderOf(Random& random) {
  const auto host = std::to_string(random.Between(1, 3));
  if (random.OneIn(2)) return "PROXY TCP4 192.0.2." + host + " 198.51.100.1 4711 8000\r\n";
  const bool local = random.OneIn(3);
  std::string header("\r\n\r\n\0\r\nQUIT\n", 12);
  header += local ? "\x20" : "\x21";
  header += std::string("\x11\0\x0C\xC0\0\x02", 6) + host +
            std::string("\xC6\x33\x64\1\x12\x67\x1F\x40", 8);
  return header;
}

CallerPlan CallerOf(Random& random, const Options& options, int64_t starts_ns) {
  CallerPlan plan;
  plan.starts_ns = starts_ns;
  plan.port = OneOf(
      random, std::array{kEchoPort, kEchoPort, kProxyPort, kSlowPort, kDiscardPort, kChargenPort});
  if (plan.port == kProxyPort) plan.header = HeaderOf(random);
  if (plan.port == kEchoPort || plan.port == kProxyPort) plan.greeting = options.greeting;
  if (plan.port == kDiscardPort) plan.answer = Answer::kNothing;
  if (plan.port == kChargenPort) plan.answer = Answer::kPattern;
  plan.says_bytes = random.Below(OneOf(random, std::array<uint64_t, 4>{2, 50, 3000, 30000}));
  plan.hears_bytes = random.Below(20000);
  plan.most_at_once = 1 + random.Below(OneOf(random, std::array<uint64_t, 3>{5, 500, 20000}));
  // No more single bytes than a run has time for.
  plan.says_bytes = std::min(plan.says_bytes, plan.most_at_once * 100);
  plan.hears_bytes = std::min(plan.hears_bytes, plan.most_at_once * 100);
  plan.ahead_bytes = random.OneIn(3) ? 1 : 100'000;
  // Byte by byte through the slow service, it would keep those behind it waiting for minutes.
  if (plan.ahead_bytes == 1) plan.says_bytes = std::min<size_t>(plan.says_bytes, 500);
  plan.socket.send_bytes = OneOf(random, std::array<size_t, 3>{500, 3000, 65536});
  plan.socket.receive_bytes = OneOf(random, std::array<size_t, 3>{500, 3000, 65536});
  // Below every timeout that is not 0.
  if (random.OneIn(3)) plan.pause_ns = random.Between(1, 200) * kMsNs;
  plan.ending =
      OneOf(random, std::array{Ending::kClose, Ending::kClose, Ending::kHalfClose,
                               Ending::kHalfClose, Ending::kReset, Ending::kStay, Ending::kDeaf});
  // What has no end is not waited for.
  const bool waits = plan.ending == Ending::kHalfClose || plan.ending == Ending::kStay;
  if (plan.answer == Answer::kPattern && waits) plan.ending = Ending::kClose;
  if (plan.answer == Answer::kPattern && plan.ending == Ending::kDeaf) plan.says_bytes = 0;
  // Its last movement is what its deadline counts from.
  if (plan.ending == Ending::kStay || plan.ending == Ending::kDeaf) plan.pause_ns = 0;
  return plan;
}

TrialPlan PlanOf(Random& random) {
  TrialPlan plan;
  plan.machine.slow_network = random.OneIn(2);
  plan.machine.descriptor_limit = random.OneIn(4) ? kFewDescriptors : 1024;
  plan.yield_one_in = OneOf(random, std::array<uint64_t, 4>{1, 2, 4, 16});
  plan.options = OptionsOf(random);
  plan.fault_one_in = OneOf(random, std::array<uint64_t, 4>{0, 10, 50, 200});
  plan.calm_ns = kStartNs + random.Between(1, 3000) * kMsNs;
  plan.ends_phases = random.OneIn(3);
  if (random.OneIn(3)) plan.stop_ns = kStartNs + random.Between(0, 4000) * kMsNs;
  const int64_t callers = random.Between(1, 8);
  for (int64_t i = 0; i < callers; ++i) {
    const bool at_once = random.OneIn(2);
    plan.callers.push_back(
        CallerOf(random, plan.options, at_once ? 0 : kStartNs + random.Between(0, 2000) * kMsNs));
  }
  // Who calls when all is calm again is served like anybody.
  for (int i = 0; i < 2; ++i) {
    plan.callers.push_back(CallerOf(random, plan.options, plan.calm_ns));
    if (plan.callers.back().ending == Ending::kReset) plan.callers.back().ending = Ending::kClose;
  }
  return plan;
}

}  // namespace

TrialPlan PlanOf(uint64_t seed) {
  Random random(seed ^ 0x5EED);
  TrialPlan plan = PlanOf(random);
  plan.name = "scripts/simulate --trace --seeds 1 --first " + std::to_string(seed);
  plan.machine.seed = seed;
  return plan;
}

TrialPlan PlanOf(std::span<const uint8_t> choices) {
  Random random(choices);
  const uint64_t seed = random.Below(uint64_t{1} << 32);
  TrialPlan plan = PlanOf(random);
  plan.name = "this input";
  plan.machine.seed = seed;
  return plan;
}

}  // namespace switchboard::sim
