#include "src/processes/signs_of_life.h"

#include <algorithm>

#include "src/linux/child.h"
#include "src/linux/clock.h"
#include "src/linux/thread_times.h"

namespace switchboard {
namespace {

void Note(ProcessTable::LifeOfThread& life, pid_t tid) {
  const sys::ThreadTimes times = sys::TimesOfThread(sys::OwnPid(), tid);
  life.tid = tid;
  life.ran_ns = times.ran_ns;
  life.waited_ns = times.waited_ns;
}

// Since then. The kernel counts the wait that has not ended yet only when it ends: of a thread that
// is ready it is all the time in which it has not run.
int64_t WaitedMs(const ProcessTable::LifeOfThread& life, pid_t pid, int64_t silent_ms) {
  const sys::ThreadTimes times = sys::TimesOfThread(pid, life.tid);
  const int64_t waited_ms = (times.waited_ns - life.waited_ns) / 1'000'000;
  if (!times.is_ready) return std::max<int64_t>(waited_ms, 0);
  return std::max<int64_t>({waited_ms, silent_ms - (times.ran_ns - life.ran_ns) / 1'000'000, 0});
}

}  // namespace

// The reactor is the first thread of its process.
void GiveSignOfLife(ProcessTable::Slot& slot) {
  Note(slot.reactor, sys::OwnPid());
  Note(slot.watchdog, sys::OwnTid());
  slot.alive_ms = sys::NowMs();
}

int64_t SilentMs(const ProcessTable::Slot& slot, int64_t since_ms, int64_t now_ms) {
  const int64_t silent_ms = now_ms - since_ms;
  return silent_ms - WaitedMs(slot.reactor, slot.pid, silent_ms) -
         WaitedMs(slot.watchdog, slot.pid, silent_ms);
}

}  // namespace switchboard
