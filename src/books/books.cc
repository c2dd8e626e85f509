#include "src/books/books.h"

#include <algorithm>
#include <utility>

#include "src/books/counter_table.h"

namespace switchboard {
namespace {

// Makes `count` of them at `place`, which then is behind them.
template <typename Part>
std::span<Part> Make(std::byte*& place, size_t count) {
  static_assert(alignof(Part) == Books::kAlignment);
  Part* const first = reinterpret_cast<Part*>(place);
  for (size_t i = 0; i < count; ++i) new (first + i) Part();
  place += count * sizeof(Part);
  return {first, count};
}

// Workers before the reactor: a byte that one of them has sent was read before that, so a later
// look at the reactor's counters finds it there.
Stats StatsOf(std::span<const Books> all, size_t service) {
  Stats stats;
  for (const Books& books : all) {
    books.pool(books.roster().services[service].pool).AddTo(stats, service);
    AddTo(stats, books.services()[service]);
  }
  stats.active = stats.accepted - stats.closed();
  return stats;
}

void AddTo(Stats& stats, const Books& books) {
  for (size_t i = 0; i < books.roster().pools.size(); ++i) {
    const PoolBooks pool = books.pool(i);
    for (size_t service = 0; service < pool.services; ++service) pool.AddTo(stats, service);
    pool.AddQueueWait(stats.queue_wait);
    pool.pool->reactor_time.AddTo(stats.reactor_time);
    stats.queued += pool.pool->Queued();
    stats.worker_wakes += pool.pool->wakes.Get();
  }
  for (const ServiceCounters& service : books.services()) AddTo(stats, service);
  AddTo(stats, books.reactor());
  stats.log_dropped += books.reactor().log_dropped.Get();
}

uint64_t Buffered(const Stats& stats) {
  return stats.bytes_in - stats.bytes_out - stats.bytes_lost - stats.bytes_discarded;
}

void AddServices(std::span<const Books> all, Snapshot& snapshot) {
  const Roster& roster = all.front().roster();
  for (size_t i = 0; i < roster.services.size(); ++i) {
    const Stats stats = StatsOf(all, i);
    auto& service = snapshot.services.emplace_back();
    service.name = roster.services[i].name;
    service.pool = roster.pools[roster.services[i].pool].name;
    service.counts = stats;
    service.active = stats.active;
    service.service_time = stats.service_time;
    service.write_time = stats.write_time;
    for (const Books& books : all) {
      service.stalled += books.services()[i].stalled.Get();
      books.services()[i].call_times.AddTo(service.call_times);
    }
  }
}

void AddPools(std::span<const Books> all, Snapshot& snapshot) {
  const Roster& roster = all.front().roster();
  for (size_t i = 0; i < roster.pools.size(); ++i) {
    auto& pool = snapshot.pools.emplace_back();
    pool.name = roster.pools[i].name;
    for (const Books& books : all) {
      const PoolBooks counted = books.pool(i);
      pool.workers += counted.times.size();
      pool.busy += counted.pool->busy.Get();
      pool.queued += counted.pool->Queued();
      pool.wakes += counted.pool->wakes.Get();
      counted.pool->reactor_time.AddTo(pool.reactor_time);
      counted.AddQueueWait(pool.queue_wait);
    }
  }
}

// It cannot accept only if none can, and is as old as the oldest.
void AddReactors(std::span<const Books> all, int64_t now_ms, Snapshot& snapshot) {
  snapshot.accept_paused = true;
  for (const Books& books : all) {
    const ReactorCounters& reactor = books.reactor();
    const bool paused = reactor.paused.load(std::memory_order_relaxed);
    snapshot.accept_paused = snapshot.accept_paused && paused;
    snapshot.max_connections += reactor.max_connections;
    snapshot.talking += reactor.speakers.LastSecond(now_ms);
    snapshot.reactor_rounds += reactor.rounds.Get();
    snapshot.reactor_age_ms = std::max(snapshot.reactor_age_ms, reactor.AgeMs(now_ms));
  }
}

}  // namespace

size_t Books::BytesFor(const Roster& roster) {
  return sizeof(ReactorCounters) + roster.services.size() * sizeof(ServiceCounters) +
         roster.pools.size() * sizeof(PoolCounters) +
         roster.workers() * (sizeof(WorkerTimes) + roster.services.size() * sizeof(WorkerCounters));
}

Books::Books(Roster roster)
    : roster_(std::move(roster)),
      own_(static_cast<std::byte*>(
          ::operator new (BytesFor(roster_), std::align_val_t{kAlignment}))) {
  LayOut(own_.get());
}

Books::Books(Roster roster, std::byte* memory) : roster_(std::move(roster)) { LayOut(memory); }

void Books::LayOut(std::byte* place) {
  reactor_ = Make<ReactorCounters>(place, 1).data();
  services_ = Make<ServiceCounters>(place, roster_.services.size());
  pools_ = Make<PoolCounters>(place, roster_.pools.size());
  times_ = Make<WorkerTimes>(place, roster_.workers());
  workers_ = Make<WorkerCounters>(place, roster_.workers() * roster_.services.size());
}

PoolBooks Books::pool(size_t index) const {
  size_t first = 0;
  for (size_t i = 0; i < index; ++i) first += roster_.pools[i].workers;
  const size_t count = roster_.pools[index].workers, services = services_.size();
  return {.pool = &pools_[index],
          .times = times_.subspan(first, count),
          .workers = workers_.subspan(first * services, count * services),
          .services = services};
}

void PoolBooks::AddQueueWait(TimeHistogram& histogram) const {
  for (const WorkerTimes& worker : times) worker.queue_wait.AddTo(histogram);
}

void PoolBooks::AddTo(Stats& stats, size_t service) const {
  for (size_t worker = 0; worker < times.size(); ++worker) {
    const WorkerCounters& counted = OfWorker(worker)[service];
    counted.service_time.AddTo(stats.service_time);
    counted.write_time.AddTo(stats.write_time);
    switchboard::AddTo(stats, counted);
  }
}

Stats StatsOf(std::span<const Books> all) {
  Stats stats;
  for (const Books& books : all) AddTo(stats, books);
  stats.active = stats.accepted - stats.closed();
  stats.bytes_buffered = Buffered(stats);
  return stats;
}

Snapshot SnapshotOf(std::span<const Books> all, int64_t now_ms) {
  Snapshot snapshot;
  snapshot.total = StatsOf(all);
  AddServices(all, snapshot);
  AddPools(all, snapshot);
  AddReactors(all, now_ms, snapshot);
  return snapshot;
}

void Settle(const Books& books) {
  for (size_t i = 0; i < books.services().size(); ++i) {
    const Stats stats = StatsOf(Alone(books), i);
    ServiceCounters& service = books.services()[i];
    service.closed_by_reason[static_cast<size_t>(CloseReason::kProcess)].Add(stats.active);
    service.bytes_lost.Add(Buffered(stats));
    service.stalled.Subtract(service.stalled.Get());
  }
  for (size_t i = 0; i < books.roster().pools.size(); ++i) {
    PoolCounters& pool = *books.pool(i).pool;
    pool.taken.Add(pool.Queued());
    pool.busy.Subtract(pool.busy.Get());
  }
  ReactorCounters& reactor = books.reactor();
  reactor.round_ms = 0;
  reactor.sleeps_until_ms = 0;
  reactor.paused = false;
  reactor.phase = Phase::kServing;
}

}  // namespace switchboard
