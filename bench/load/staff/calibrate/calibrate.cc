#include "bench/load/staff/calibrate/calibrate.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/linux/machine.h"
#include "bench/load/base/output_file.h"
#include "bench/load/base/units.h"
#include "bench/load/options/command_line.h"
#include "bench/load/options/help.h"
#include "bench/load/staff/calibrate/pace.h"
#include "bench/load/staff/calibrate/sizes.h"
#include "bench/load/staff/calibrate/wakes.h"
#include "bench/load/staff/costs.h"
#include "src/linux/affinity.h"
#include "src/linux/process.h"

namespace switchboard::load {
namespace {

constexpr int kManyLines = static_cast<int>(kWarmCallers);
// More than fit in the caches of a CPU; as each takes two descriptors, there may be fewer.
constexpr int64_t kColdLines = 4096;
constexpr int64_t kDescriptorsBeside = 64;  // that are not of lines
constexpr size_t kSmall = 64, kLarge = 64 << 10;

// Two figures as a part for each message and one for each byte. Neither is below 0, whatever chance
// did to the two.
void SetBySize(double small, double large, double& each, double& each_byte) {
  each_byte = std::max(0.0, (large - small) / (kLarge - kSmall));
  each = std::max(1.0, small - kSmall * each_byte);
}

void MeasureMessages(Costs& costs) {
  Lines many(kManyLines), one(1);
  const TurnCosts small = MeasureTurns(many, kSmall, 601), large = MeasureTurns(many, kLarge, 201);
  SetBySize(small.receive, large.receive, costs.read, costs.read_byte);
  SetBySize(small.send, large.send, costs.write, costs.write_byte);
  const double single_poll = MeasureTurns(one, kSmall, 2001).poll;
  costs.poll_event = std::max(0.0, (small.poll - single_poll) / (kManyLines - 1));
  costs.poll = std::max(1.0, single_poll - costs.poll_event);
  std::vector<double> accepts;
  for (Rounds rounds(501); rounds.Next();) accepts.push_back(one.AcceptOne());
  costs.accept = Median(accepts);
}

void MeasureCold(Costs& costs) {
  const int64_t room = (sys::RaiseDescriptorLimit() - kDescriptorsBeside) / 2;
  const int64_t count = std::min(room, kColdLines);
  if (count <= 2 * kManyLines) return;
  Lines lines(static_cast<int>(count));
  const TurnCosts cold = MeasureTurns(lines, kSmall, 21);
  costs.cold_callers = static_cast<double>(count);
  costs.read_cold = std::max(0.0, cold.receive - costs.Read(kSmall, 1));
  costs.write_cold = std::max(0.0, cold.send - costs.Write(kSmall, 1));
}

void MeasureWakeUps(Costs& costs) {
  const WakeCosts soon = MeasureWake(30, 5001), late = MeasureWake(1000, 1001);
  costs.wake = soon.waker;
  costs.wake_delay = soon.delay;
  costs.nap_delay = late.delay;
  costs.hand_over = MeasureHandOver(101);
  costs.timer_delay = MeasureTimer(1001);
}

Costs Measure() {
  Costs costs;
  costs.host = sys::HostName();
  costs.kernel = sys::KernelVersion();
  costs.cpu_model = sys::CpuModel();
  costs.cpus = std::max(1, sys::CpuSet().size());
  MeasureMessages(costs);
  MeasureCold(costs);
  MeasureWakeUps(costs);
  SetBySize(MeasureClient(kSmall), MeasureClient(kLarge), costs.client, costs.client_byte);
  costs.job = MeasureJob();
  costs.pace = MeasurePace();
  return costs;
}

}  // namespace

int CalibrateMain(int argc, char** argv) {
  const CommandLine line = ParseCommandLine(kStaffCalibrate, argc, argv);
  if (line.help) {
    std::fputs(HelpText(kStaffCalibrate).c_str(), stdout);
    return 0;
  }
  Require(line.operands.empty(), "'staff calibrate' takes options only; leave out '" +
                                     (line.operands.empty() ? "" : line.operands.front()) + "'");
  OutputFile json(line.outputs.json_path);
  const Costs costs = Measure();
  WriteAll(ToText(costs), line.outputs.Text(), {{json, ToJson(costs).ToString()}});
  return 0;
}

}  // namespace switchboard::load
