// Whether a run's figures may be believed, and why not.
//
// VALID               none of the below
// VERIFICATION-FAILED an echo was wrong. There is no headline figure.
// TOO-SHORT           less than half a second or fewer than 100 messages, or Little's law does not
//                     hold on the run's own counts: the mean number of messages in flight,
//                     integrated while running, must be within 10 % of rate times mean latency. It
//                     is not when the run is short beside its latencies, so that the ends of the
//                     run are the run. (Only the time is asked for where the generator or the
//                     target could not follow: more of it would not help, and a queue that grows,
//                     or a generator that is away, breaks the law.)
//                     With --until also: a percentile is not known as well as was asked for.
// GENERATOR-BOUND     the figure is the generator's own:
//                     - a thread of it was busy for 95 % of the time or more, where busy is having
//                       a CPU or waiting for one. A generator that never waits for the server
//                       measures itself. Up to there a busy generator is usual in a closed loop
//                       that saturates its server: both take turns on the same messages;
//                     - it waited for a CPU for a fifth of the time, or its control group was
//                       throttled for a twentieth;
//                     - it was away for a twentieth of the time, or so long that a percentile may
//                       be its own: at least half as many messages as lie beyond the percentile
//                       were held up by more than a tenth of it;
//                     - a whole second passed in which nothing was sent or answered, without a
//                       latency or an error that explains it;
//                     - or, in an open loop, it sent late: a percentile would be shorter by a tenth
//                       (and 200 us) if it had taken up each message on time.
//                       Of percentiles above p99 only what is longer than 5 ms counts, the turn
//                       that another thread may have on the same CPU on any machine.
// TARGET-NOT-REACHED  what was asked for did not come about: less than 99 % of the rate of messages
//                     or calls, fewer answers than --messages, connections that could not be opened
//                     or kept (of calls one in a hundred may fail), messages that could not be sent
//                     or were never answered, or no echo at all.
// NOT-STATIONARY      with --until: the latency drifted while it was measured, so that no length of
//                     the run makes its percentiles those of the next run.
//
// All that apply are given as reasons; the verdict is the first of them in this order.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_VERDICT_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_VERDICT_H_

#include "bench/load/measure/report.h"

namespace switchboard::load {

inline constexpr const char* kValid = "VALID";
inline constexpr const char* kVerificationFailed = "VERIFICATION-FAILED";
inline constexpr const char* kTooShort = "TOO-SHORT";
inline constexpr const char* kGeneratorBound = "GENERATOR-BOUND";
inline constexpr const char* kTargetNotReached = "TARGET-NOT-REACHED";
inline constexpr const char* kNotStationary = "NOT-STATIONARY";

inline constexpr double kBusyLimit = 0.95;
inline constexpr double kWaitingLimit = 0.2;
inline constexpr double kThrottledLimit = 0.05;
inline constexpr double kAwayLimit = 0.05;
inline constexpr int64_t kSendLagLimitNs = 200'000;
inline constexpr int64_t kUsualPauseNs = 5'000'000;

// Sets report.verdict and report.reasons from its figures. A VALID report has its reasons too: what
// was checked.
void Judge(Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_VERDICT_H_
