// What happens when in a simulation: a queue of moments, and the clock that jumps from one to the
// next. Those of the same moment come in the order in which they were put down, so that the same
// simulation is the same again. One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_EVENTS_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_EVENTS_H_

#include <cstdint>
#include <queue>
#include <vector>

namespace switchboard::load::sim {

class Timer {
 public:
  virtual ~Timer() = default;
  virtual void OnTime() = 0;
};

class Events {
 public:
  int64_t now_ns() const { return now_ns_; }

  void At(int64_t when_ns, Timer& timer) { queue_.push({when_ns, next_++, &timer}); }
  void After(int64_t delay_ns, Timer& timer) { At(now_ns_ + delay_ns, timer); }

  // False if nothing will ever happen again.
  bool Next() {
    if (queue_.empty()) return false;
    const Moment moment = queue_.top();
    queue_.pop();
    now_ns_ = moment.when_ns;
    moment.timer->OnTime();
    return true;
  }

 private:
  struct Moment {
    int64_t when_ns;
    uint64_t number;
    Timer* timer;
    bool operator<(const Moment& other) const {
      return when_ns != other.when_ns ? when_ns > other.when_ns : number > other.number;
    }
  };

  std::priority_queue<Moment> queue_;
  uint64_t next_ = 0;
  int64_t now_ns_ = 0;
};

}  // namespace switchboard::load::sim

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_EVENTS_H_
