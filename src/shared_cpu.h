// Keeps the reactor and the companions of its pools (worker_pool.h) on one CPU while they hand each
// other short jobs. They take turns then, and on one CPU that is a switch between two threads; on
// two CPUs each turn wakes one that may have gone to sleep, which takes several times as long.
//
// Threads that are held to a CPU cannot make way when others want it, too. So they are let go for
// some milliseconds every now and then, in which the scheduler may move the reactor. If it has done
// so several times in a row, all of them are held where the reactor is. To move once is no reason:
// a scheduler moves who is woken to where its waker runs, which is a caller of this host, and then
// has to move one of the two away. The workers of pools whose jobs take long go where they like. It
// costs some forty system calls a second while short jobs come, eight where there is one CPU only,
// and none while jobs take long or nothing comes.
// CPUs that somebody gives to the whole process meanwhile are respected, unless it is exactly the
// one that the threads are held to.
//
// Owned by the Reactor; reactor thread only.

#ifndef SWITCHBOARD_SRC_SHARED_CPU_H_
#define SWITCHBOARD_SRC_SHARED_CPU_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "src/base/log.h"
#include "src/linux/affinity.h"
#include "src/worker_pool.h"

namespace switchboard {

// Which CPU to hold threads to whom the scheduler moves now and then.
class HomeCpu {
 public:
  static constexpr int kMovesToFollow = 3;

  // To be asked each time they have been let go, with the CPU on which the reactor is found.
  // `is_allowed` says whether it may run on the last answer.
  int Choose(int here, bool is_allowed) {
    moved_ = here == home_ ? 0 : moved_ + 1;
    if (moved_ == kMovesToFollow || !is_allowed) {
      home_ = here;
      moved_ = 0;
    }
    return home_;
  }
  int last() const { return home_; }  // below 0: none yet

 private:
  int home_ = -1;
  int moved_ = 0;  // away from there, in a row
};

class SharedCpu {
 public:
  // Both outlive it.
  SharedCpu(const std::vector<std::unique_ptr<WorkerPool>>& pools, Log& log);

  // Once in a round of the reactor.
  void Review(int64_t now_ms);
  // When the reactor is done: it is the host program's thread again.
  void LetAllGo();

 private:
  void LetReactorGo();
  void HoldAll();
  bool HoldCompanion(size_t pool, bool hold);
  void Refused();

  const std::vector<std::unique_ptr<WorkerPool>>& pools_;
  Log& log_;
  sys::CpuSet allowed_;  // to the reactor, when it is not held
  sys::CpuSet held_;     // the CPU that all are held to
  sys::CpuSet found_;
  std::vector<bool> jobs_are_short_;     // of each pool, at the last look
  std::vector<bool> companion_is_held_;  // of each pool
  HomeCpu home_;
  bool reactor_held_ = false;
  bool refused_ = false;  // by the system: then never again
  int64_t review_ms_ = 0;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_SHARED_CPU_H_
