#include "src/processes/signs_of_life.h"

#include <algorithm>
#include <optional>

#include "src/linux/child.h"
#include "src/linux/clock.h"
#include "src/linux/thread_times.h"

namespace switchboard {
namespace {

// What was noted last stands if nothing is known now, for want of a descriptor as a rule: it makes
// for too much patience then, and for none if there was nothing.
void Note(ProcessTable::ThreadTimesAtSign& life, pid_t tid) {
  const std::optional<sys::ThreadTimes> times = sys::TimesOfThread(sys::OwnPid(), tid);
  if (!times) return;
  life.ran_ns = times->ran_ns;
  life.waited_ns = times->waited_ns;
  life.tid = tid;
}

// Since then. The kernel counts the wait that has not ended yet only when it ends: of a thread that
// is ready it is all the time in which it has not run.
int64_t WaitedMs(const ProcessTable::ThreadTimesAtSign& life, pid_t pid, int64_t silent_ms) {
  if (life.tid == 0) return 0;
  const std::optional<sys::ThreadTimes> times = sys::TimesOfThread(pid, life.tid);
  if (!times) return 0;
  const int64_t waited_ms = (times->waited_ns - life.waited_ns) / 1'000'000;
  if (!times->is_ready) return std::max<int64_t>(waited_ms, 0);
  return std::max<int64_t>({waited_ms, silent_ms - (times->ran_ns - life.ran_ns) / 1'000'000, 0});
}

}  // namespace

void AwaitSignOfLife(ProcessTable::Slot& slot) noexcept {
  slot.reactor.ran_ns = 0;
  slot.reactor.waited_ns = 0;
  slot.reactor.tid = slot.pid.load();
}

void GiveSignOfLife(ProcessTable::Slot& slot) noexcept {
  Note(slot.reactor, sys::OwnPid());
  if (sys::OwnTid() != sys::OwnPid()) Note(slot.watchdog, sys::OwnTid());
  slot.alive_ms = sys::NowMs();
}

int64_t SilentMs(const ProcessTable::Slot& slot, int64_t since_ms, int64_t now_ms) noexcept {
  const int64_t silent_ms = now_ms - since_ms;
  return silent_ms - WaitedMs(slot.reactor, slot.pid, silent_ms) -
         WaitedMs(slot.watchdog, slot.pid, silent_ms);
}

}  // namespace switchboard
