// Where a run waits until it is told to begin, so that several machines begin at one moment: once
// everything is open it says so, and then waits for a line on standard input or for a time.
//
// A line of standard input is "start", or "start SEEN SENT": when, in seconds since 1970 by the
// clock of who starts the run, "ready" was seen there and this line is sent. The two messages are
// the exchange by which NTP compares clocks (RFC 5905, section 8), and so tell how far the clock of
// this machine is ahead. The end of standard input ends the run, so that nothing is left running
// when who started it is gone.
//
// One owner, one thread. Nothing waits longer than a twentieth of a second before it looks at
// `stop`.

#ifndef SWITCHBOARD_BENCH_LOAD_START_BARRIER_H_
#define SWITCHBOARD_BENCH_LOAD_START_BARRIER_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "bench/load/measure/machine.h"
#include "bench/load/measure/options.h"

namespace switchboard::load {

class Barrier {
 public:
  explicit Barrier(const Start& start) : start_(start) {}

  // Whether there is anything to wait for or to be said.
  bool Stands() const { return start_.at_s || start_.ready_fd >= 0 || start_.on_stdin; }

  // Says that it is ready, waits, and returns the time of sys::NowNs at which to begin, which may
  // be a moment ahead. Throws std::runtime_error with one sentence if that cannot be: nobody reads
  // the ready line, standard input ends or says something else, the time has passed, `stop` is
  // true.
  int64_t Wait(const std::atomic<bool>* stop);

  // After Wait: whether standard input, which starts the run, has ended since.
  bool Abandoned() const;

  // After Wait: writes what it has learnt about the clock of `machine`, if anything.
  void Report(Machine& machine) const;

 private:
  void SayReady(const std::atomic<bool>* stop);
  void AwaitLine(const std::atomic<bool>* stop);
  void Understand(const std::string& line);
  int64_t AwaitTime(const std::atomic<bool>* stop) const;

  const Start start_;
  double ready_said_s_ = 0;  // by this machine's clock
  Machine clock_;            // of which only that is known
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_START_BARRIER_H_
