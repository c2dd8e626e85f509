// The formulas of call centres: how long callers wait for one of so many workers. Times are in
// seconds. Functions without state; any thread. They are sound from 1 to kMostServers.
//
// In all of them callers come at random and independently of each other (a Poisson process), and
// whoever has waited longest is served first, by any worker who is free.
//
// - Erlang B and C: A. K. Erlang, "Solution of some problems in the theory of probabilities of
//   significance in automatic telephone exchanges", Elektroteknikeren 13, 1917.
// - Erlang A: C. Palm, "Research on telephone traffic carried by full availability groups", Tele,
//   1957; as integrals in A. Mandelbaum and S. Zeltyn, "Service engineering in action: the
//   Palm/Erlang-A queue", 2007.
// - Allen-Cunneen: A. O. Allen, "Probability, statistics, and queueing theory", 1990; how far it is
//   off: G. P. Cosmetatos, "Some approximate equilibrium results for the multiserver queue
//   (M/G/r)", Operational Research Quarterly 27, 1976.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_FORMULAS_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_FORMULAS_H_

#include <cstdint>

namespace switchboard::load {

inline constexpr int64_t kMostServers = 1'000'000;

// `load` is the work that comes, in erlang: arrivals per second times the seconds that each takes.

// The probability that all of so many lines are taken, where nobody waits. It holds for whatever
// distribution of the time that calls last.
double ErlangB(int64_t lines, double load);

// The probability that a caller has to wait; `load` is less than `servers`.
double ErlangC(int64_t servers, double load);

struct Demand {
  double rate = 0;        // arrivals per second
  double service_s = 0;   // mean
  double cv = 1;          // of the service: its standard deviation over its mean; 1: exponential
  double patience_s = 0;  // mean, exponential, up to the start of the service; 0: without end
  double limit_s = 0;     // of a wait that is still a good one

  double Load() const { return rate * service_s; }
};

struct Waiting {
  bool ends = true;  // false: there is more work than the workers can do, and the rest says nothing
  double p_wait = 1;
  double mean_wait_s = 0;        // of all callers, also those who do not wait
  double p_wait_over_limit = 1;  // also of those who hang up then
  double p_served_in_limit = 0;  // begins to be served by then
  double p_abandon = 0;          // hangs up while waiting
  double utilisation = 1;        // of the workers
};

// Erlang C, by Allen-Cunneen where the service is not exponential, or Erlang A where callers hang
// up, which needs an exponential service.
Waiting PredictWaiting(const Demand& demand, int64_t servers);

// How far the mean wait of Allen-Cunneen is off, by Cosmetatos, as a part of itself: 0.1 if the
// true one is a tenth longer. For a `cv` of at most 1; beyond it the wait depends on more than the
// `cv`.
double AllenCunneenError(const Demand& demand, int64_t servers);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_FORMULAS_H_
