// Whether a server under load was what the formulas take it for, and why not.
//
// UNSTABLE            more work came than the workers can do: the queue grows without end
// TARGET-NOT-REACHED  the load did not come about: connections broke, messages were not answered
// GENERATOR-BOUND     messages were not sent when the schedule said so: arrivals are not Poisson
// CALLERS-WAIT        messages waited behind others of their own caller, before they came to the
//                     queue: it is no M/M/c, whose callers know nothing of each other
// NOT-ALONE           the pool had turns that were not this load's
// TOO-SHORT           the figures are not known well enough to say
// MODEL-OFF           none of these, and yet predicted and measured differ
// MODEL-HOLDS         the mean wait is within a tenth, or 0.1 ms, and P(wait) and each P(wait > T)
//                     within 0.02 of what is predicted
//
// The verdict is the first that applies. A function without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_JUDGE_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_JUDGE_H_

#include <string>

#include "bench/load/staff/measured/estimate.h"

namespace switchboard::load {

inline constexpr const char* kModelHolds = "MODEL-HOLDS";

struct ModelVerdict {
  std::string name;
  std::string reason;  // one sentence, with the way out

  bool Holds() const { return name == kModelHolds; }
};

ModelVerdict Judge(const RateResult& result);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_MEASURED_JUDGE_H_
