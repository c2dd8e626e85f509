// Puts Poisson arrivals on a server at one rate after another, and sets what its status port says
// beside what the formulas predict. From one thread; it starts others and joins them.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_MEASURE_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_MEASURE_H_

#include <atomic>
#include <string>
#include <vector>

#include "bench/load/measure/machine.h"
#include "bench/load/measure/report.h"
#include "bench/load/staff/measured/estimate.h"
#include "bench/load/staff/measured/judge.h"
#include "bench/load/staff/measured/options.h"
#include "bench/load/staff/measured/sampler.h"
#include "bench/load/staff/staffing.h"

namespace switchboard::load {

struct MeasuredRate {
  RateResult result;
  ModelVerdict verdict;
  // How many workers the target takes at the rate that was asked for, by the measured service.
  Staffing needed;
  bool cut_off = false;  // by Ctrl-C: it was measured for a part of its time
};

struct Measurement {
  MeasuredOptions options;
  Machine machine;
  std::vector<MeasuredRate> rates;    // fewer than asked for if it ended early
  std::vector<std::string> warnings;  // why it did
  bool interrupted = false;           // it was Ctrl-C

  // Of all rates: the first that does not hold, or MODEL-HOLDS.
  ModelVerdict Verdict() const;
};

// Throws std::runtime_error with one sentence if the server or its status cannot be reached before
// a rate is measured, or none is; later that is a warning. Throws WrongEcho if an echo was wrong.
Measurement Measure(const MeasuredOptions& options, const std::atomic<bool>& interrupted);

// What a run and the looks at the server's status in it come to. Throws std::runtime_error if the
// server had no turn.
Observed Observe(const Report& report, const Samples& samples);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_MEASURE_H_
