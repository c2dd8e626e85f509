// Told by a run when its measured part begins and ends, so that something else can be counted over
// exactly the same time: the CPU time or the system calls of the server, for instance.

#ifndef SWITCHBOARD_BENCH_LOAD_TARGET_OBSERVER_H_
#define SWITCHBOARD_BENCH_LOAD_TARGET_OBSERVER_H_

namespace switchboard::load {

// Both are called by one thread of the run, the end only after the beginning, and neither if the
// run ends before it is measured. They are in the way of the load: be quick.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void OnMeasuringBegins() = 0;
  virtual void OnMeasuringEnds() = 0;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_TARGET_OBSERVER_H_
