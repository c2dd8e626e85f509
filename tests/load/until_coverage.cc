// Usage: until_coverage [RUNS]
//
// Shows on simulated sources what `--until` promises, in RUNS (2000) runs with the seeds from 1 on:
// how often the interval of a run that ended by itself holds the true percentile, how often a
// stationary source is called drifting, and how often a median that rises by a fifth is. Exit
// status 1 if one of them is not what bench/README.md promises, as far as so many runs can tell.

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "tests/load/sources.h"

namespace switchboard::load {
namespace {

constexpr double kLongestS = 400;
constexpr Wish kWish{99, 0.05};

// Three standard errors of a share, so that luck fails it once in a thousand.
double Allowance(double share, int runs) { return 3 * std::sqrt(share * (1 - share) / runs); }

bool Report(const char* what, const Source& source, int count, int runs, double low, double high) {
  const double share = static_cast<double>(count) / runs;
  const bool right = share >= low - Allowance(low, runs) && share <= high + Allowance(high, runs);
  std::printf("%-14s %-28s %5.1f %% of %d%s\n", source.name, what, 100 * share, runs,
              right ? "" : "  WRONG");
  std::fflush(stdout);
  return right;
}

bool ShowIntervals(const Source& source, int runs) {
  int covered = 0, drifting = 0;
  double seconds = 0;
  for (int seed = 1; seed <= runs; ++seed) {
    const Simulated run = RunUntil(source, static_cast<uint64_t>(seed), kWish, kLongestS);
    covered += run.known && Covers(run, source, kWish.percent) ? 1 : 0;
    drifting += run.certainty.drift.found ? 1 : 0;
    seconds += run.seconds / runs;
  }
  std::printf("%-14s p99=5%% took %.1f s on average\n", source.name, seconds);
  const bool held = Report("known, and it holds", source, covered, runs, 0.93, 0.97);
  return Report("called drifting at its end", source, drifting, runs, 0, 0.05) && held;
}

bool ShowDrift(const Source& source, double seconds, int runs) {
  int risen = 0, stationary = 0;
  for (int seed = 1; seed <= runs; ++seed) {
    const auto drifts = [&](double rise) {
      return RunFor(source, static_cast<uint64_t>(seed), seconds, rise).certainty.drift.found;
    };
    risen += drifts(0.2) ? 1 : 0;
    stationary += drifts(0) ? 1 : 0;
  }
  const bool named = Report("a rise of 20 % named", source, risen, runs, 0.95, 1);
  return Report("stationary, called drifting", source, stationary, runs, 0, 0.05) && named;
}

}  // namespace
}  // namespace switchboard::load

int main(int argc, char** argv) {
  using namespace switchboard::load;
  const int runs = argc > 1 ? std::atoi(argv[1]) : 2000;
  if (runs < 1) return 2;
  bool right = true;
  for (const Source* source : {&kIndependent, &kBimodal}) {
    right &= ShowIntervals(*source, runs);
    right &= ShowDrift(*source, 20, runs);
  }
  right &= ShowDrift(kQueue, 60, runs);
  right &= ShowIntervals(kQueue, runs);
  return right ? 0 : 1;
}
