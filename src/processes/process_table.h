// What several processes of one server know of each other: a slot for each in memory that they
// share, mmap(2) with MAP_SHARED, and an eventfd to poke it with.
//
// Made by the parent before the first fork. Slots and eventfds stay when a process dies, for the
// one that takes its place. Any process, any thread; who writes what is said with each member.

#ifndef SWITCHBOARD_SRC_PROCESSES_PROCESS_TABLE_H_
#define SWITCHBOARD_SRC_PROCESSES_PROCESS_TABLE_H_

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "src/linux/epoll.h"

namespace switchboard {

class ProcessTable {
 public:
  // CPU time of a thread when its process last gave a sign of life: /proc/PID/task/TID/schedstat,
  // proc(5).
  struct ThreadTimesAtSign {
    std::atomic<pid_t> tid;  // 0: nothing is known
    std::atomic<int64_t> ran_ns;
    std::atomic<int64_t> waited_ns;
  };

  // Callers on the line, and lines that are claimed for callers who may not be there. In one word,
  // so that whoever looks sees each line as one or the other.
  class LineCounts {
   public:
    void Claim() { word_.fetch_add(kClaimed); }
    void GiveBack() { word_.fetch_sub(kClaimed); }
    void Use() { word_.fetch_add(kInUse - kClaimed); }
    void Free() { word_.fetch_sub(kInUse); }
    void Clear() { word_ = 0; }
    int64_t in_use() const { return word_ / kInUse; }
    int64_t taken() const {
      const int64_t word = word_;
      return word / kInUse + word % kInUse;
    }

   private:
    static constexpr int64_t kClaimed = 1;
    static constexpr int64_t kInUse = int64_t{1} << 32;

    std::atomic<int64_t> word_;
  };

  // Of a process that is gone all is 0, but for `restarts`. Zeroed pages are slots of nobody.
  struct alignas(64) Slot {
    // The parent.
    std::atomic<pid_t> pid;
    std::atomic<bool> stopped;  // by a signal
    std::atomic<uint64_t> restarts;
    // The process itself; the parent, when it is gone, or before it kills it.
    std::atomic<bool> serving;
    std::atomic<bool> can_accept;
    std::atomic<bool> has_closed;  // all its listening sockets
    LineCounts lines;
    std::atomic<int64_t> guests;  // callers whose proxy has not said who they are
    // The last sign of life (signs_of_life.h), as sys::NowMs; 0: its silence is not judged, or only
    // as that of one that starts.
    std::atomic<int64_t> alive_ms;
    ThreadTimesAtSign reactor, watchdog;
    // Whoever pokes it sets this, it clears it.
    std::atomic<bool> poked;

    // Whether it can be expected to take callers.
    bool CanTakeCallers() const { return serving && can_accept && !stopped; }
    int64_t Load() const { return lines.in_use() + guests; }
  };

  // What is of no single process.
  struct alignas(64) Common {
    // The parent: how often it was told to stop.
    std::atomic<int> stops;
    // Somebody has found no line free (Colleagues::ClaimLine); or waits for what becomes of those
    // that are claimed.
    std::atomic<bool> line_wanted;
    std::atomic<bool> claim_awaited;
  };

  // Throws std::runtime_error with one sentence if the system refuses memory or descriptors.
  explicit ProcessTable(size_t processes);
  ~ProcessTable();
  ProcessTable(const ProcessTable&) = delete;
  ProcessTable& operator=(const ProcessTable&) = delete;

  size_t size() const { return pokes_.size(); }
  Slot& slot(size_t process) { return slots_[process]; }
  const Slot& slot(size_t process) const { return slots_[process]; }
  Common& common() { return *common_; }

  // Has the process look at all backlogs; no system call if it is about to.
  void Poke(size_t process);
  // All but one. A slot whose process has yet to come remembers it.
  void PokeOthers(size_t process);
  int poke_fd(size_t process) const { return pokes_[process].fd(); }

  // Has the parent look at the slots.
  void TellParent() { news_.Signal(); }
  sys::EventFd& news() { return news_; }

  // Nobody, again. The parent.
  void Clear(size_t process);
  // Lines that are in use or claimed, and those in use. What a process that is stopped has claimed
  // is in use: nobody knows how long it keeps it.
  int64_t LinesTaken() const;
  int64_t LinesInUse() const;

 private:
  size_t bytes() const { return sizeof(Common) + size() * sizeof(Slot); }

  std::vector<sys::EventFd> pokes_;
  sys::EventFd news_;
  Common* const common_;  // where the shared memory begins
  Slot* const slots_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PROCESSES_PROCESS_TABLE_H_
