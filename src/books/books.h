// All that one server counts, in one block of memory: on the heap of its own process, or where
// several processes see it, so that it outlives the one that wrote it.
//
// ReactorCounters and the like are what one thread writes; Books are all of these of one process;
// Stats and Snapshot are what the books of one or several processes say at a moment.
//
// Who writes what stands beside each counter; any thread of any process that sees the block reads.
// Made by the Server, or by the parent of several, before any of its threads.

#ifndef SWITCHBOARD_SRC_BOOKS_BOOKS_H_
#define SWITCHBOARD_SRC_BOOKS_BOOKS_H_

#include <cstddef>
#include <memory>
#include <new>
#include <span>

#include "src/books/counters.h"
#include "src/books/roster.h"
#include "switchboard/snapshot.h"
#include "switchboard/stats.h"

namespace switchboard {

// The part of one pool.
struct PoolBooks {
  PoolCounters* pool;
  std::span<WorkerTimes> times;       // by worker
  std::span<WorkerCounters> workers;  // by worker, and then by service
  size_t services;

  std::span<WorkerCounters> OfWorker(size_t worker) const {
    return workers.subspan(worker * services, services);
  }
  void AddQueueWait(TimeHistogram& histogram) const;
  // What the workers have counted for a service.
  void AddTo(Stats& stats, size_t service) const;
};

class Books {
 public:
  static constexpr size_t kAlignment = 64;
  static size_t BytesFor(const Roster& roster);

  // On the heap.
  explicit Books(Roster roster);
  // At `memory`, of as many bytes, aligned, which outlives this.
  Books(Roster roster, std::byte* memory);
  Books(Books&&) = default;

  const Roster& roster() const { return roster_; }
  ReactorCounters& reactor() const { return *reactor_; }
  std::span<ServiceCounters> services() const { return services_; }
  PoolBooks pool(size_t index) const;

 private:
  struct Free {
    void operator()(std::byte* memory) const {
      ::operator delete (memory, std::align_val_t{kAlignment});
    }
  };

  void LayOut(std::byte* place);

  Roster roster_;
  std::unique_ptr<std::byte, Free> own_;  // nullptr if the memory is somebody else's
  ReactorCounters* reactor_;
  std::span<ServiceCounters> services_;
  std::span<PoolCounters> pools_;
  std::span<WorkerTimes> times_;       // of all pools, one after the other
  std::span<WorkerCounters> workers_;  // the same, and of each worker by service
};

// What the books of one or several servers of the same roster say together. The kernel's part, log
// and listening sockets, is not in them.
Stats StatsOf(std::span<const Books> all);
Snapshot SnapshotOf(std::span<const Books> all, int64_t now_ms);
inline std::span<const Books> Alone(const Books& books) { return {&books, 1}; }

// Closes the books of a process that has died, in which nobody writes any more: calls that were on
// the line count as closed with it, and what they had not been sent as lost. Whoever writes in them
// next goes on from there.
void Settle(const Books& books);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BOOKS_BOOKS_H_
