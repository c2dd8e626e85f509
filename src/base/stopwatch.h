// How long the jobs of a worker take. Their length decides how the pool hands them over
// (worker_pool.h), so what counts is the work itself, and not that the machine had no CPU for the
// worker just then. Only the clock of the thread's own CPU time tells these apart, and to read it
// is a system call. So jobs are timed with the ordinary clock, and with that one as well for a
// while after some have seemed long; once it has confirmed that, the next ones are believed without
// it.
//
// Owned by a worker; that thread only.

#ifndef SWITCHBOARD_SRC_BASE_STOPWATCH_H_
#define SWITCHBOARD_SRC_BASE_STOPWATCH_H_

#include <cstdint>

namespace switchboard {

class Stopwatch {
 public:
  // `long_ns`: a job that takes as long as this is a long one.
  explicit Stopwatch(int64_t long_ns) : long_ns_(long_ns) {}

  void Start();
  // What `jobs` jobs took since; 0 if that is not known, as they have seemed long for the first
  // time in a while.
  int64_t Stop(int jobs);

  // Of the ordinary clock, at the last Start and Stop.
  int64_t began_ns() const { return began_ns_; }
  int64_t ended_ns() const { return ended_ns_; }

 private:
  const int64_t long_ns_;
  int64_t began_ns_ = 0;
  int64_t ended_ns_ = 0;
  int64_t began_cpu_ns_ = 0;
  int64_t doubtful_until_ns_ = 0;
  int64_t confirmed_ns_ = 0;  // what a job took when both were read last
  int believed_ = 0;          // so many more times
  bool reads_both_ = false;   // clocks, since Start
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BASE_STOPWATCH_H_
