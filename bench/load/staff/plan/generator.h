// The load generator in a simulation, where it is a thread of the simulated host: it takes its time
// to send and to receive, as bench/load/run/ does. One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_GENERATOR_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_GENERATOR_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <utility>

#include "bench/load/run/round.h"
#include "bench/load/staff/plan/callers.h"
#include "bench/load/staff/plan/cpus.h"

namespace switchboard::load::sim {

class Generator final : public SimThread {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void Send(CallerId caller) = 0;                       // into its socket
    virtual void Received(CallerId caller, int64_t when_ns) = 0;  // maybe says the next
    virtual bool SpeaksAgain() const = 0;
  };

  Generator(Cpus& cpus, Owner& owner, double size_bytes, double callers)
      : SimThread(cpus, kNoSeat), owner_(owner) {
    const Costs& costs = cpus.costs();
    send_ns_ = costs.Write(size_bytes, callers);
    receive_ns_ = costs.Read(size_bytes, callers);
    own_ns_ = costs.client + costs.client_byte * size_bytes;
  }

  void Say(CallerId caller) {
    due_.push_back(caller);
    WakeUp();
  }
  void Hear(CallerId caller) {
    heard_.push_back(caller);
    WakeUp();
  }

 private:
  enum class At { kChoose, kPoll, kSend, kReceive };

  void WakeUp() {
    if (std::exchange(sleeps_, false)) Wake();
  }

  void Step() override {
    if (at_ == At::kSend) owner_.Send(caller_);
    if (at_ == At::kReceive) Received();
    if (at_ == At::kPoll) round_ = std::min(heard_.size(), kLoadEventsPerRound);
    Choose();
  }

  // What is due goes first; then what a round of epoll has found; then the next round. One that is
  // behind hears as much as it sends, or echoes would pile up while it sends: a real one reads all
  // echoes of a caller at once.
  void Choose() {
    if (round_ == 0 && heard_.empty()) to_hear_ = 0;
    if (!due_.empty() && to_hear_ == 0) {
      caller_ = due_.front();
      due_.pop_front();
      at_ = At::kSend;
      if (++sent_ == kOffersPerTurn) to_hear_ = std::exchange(sent_, 0);
      return Work(send_ns_ + own_ns_);
    }
    if (round_ > 0) {
      --round_;
      sent_ = 0;
      to_hear_ = std::max(0, to_hear_ - 1);
      caller_ = heard_.front();
      heard_.pop_front();
      at_ = At::kReceive;
      return Work(cpus_.costs().poll_event + receive_ns_ + own_ns_ +
                  (owner_.SpeaksAgain() ? send_ns_ : 0));
    }
    if (std::exchange(at_, At::kPoll) == At::kPoll && heard_.empty()) {
      sleeps_ = true;
      return Sleep();
    }
    Work(cpus_.costs().poll);
  }

  // An echo was there before the next message went out in the same step.
  void Received() {
    const bool again = owner_.SpeaksAgain();
    const double after_ns = own_ns_ + (again ? send_ns_ : 0);
    owner_.Received(caller_, now_ns() - std::llround(after_ns));
    if (again) owner_.Send(caller_);
  }

  Owner& owner_;
  double send_ns_, receive_ns_, own_ns_;
  At at_ = At::kChoose;
  CallerId caller_ = 0;
  size_t round_ = 0;
  int sent_ = 0;     // since it heard an echo
  int to_hear_ = 0;  // before it sends again, as far as there is anything
  std::deque<CallerId> due_, heard_;
  bool sleeps_ = true;
};

}  // namespace switchboard::load::sim

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_PLAN_GENERATOR_H_
