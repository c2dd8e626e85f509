#include "bench/load/status/status_watch.h"

#include <algorithm>
#include <cstdint>

namespace switchboard::load {

StatusWatch::StatusWatch(const std::string& address) : status_(address) { (void)status_.Read(); }

std::future<ServerFigures> StatusWatch::Ask() const {
  return std::async(std::launch::async, [this] { return status_.ReadAgain(); });
}

std::optional<ServerFigures> StatusWatch::Meanwhile() {
  if (!before_.valid() || !after_.valid()) return std::nullopt;
  const ServerFigures before = before_.get();
  return Difference(after_.get(), before);
}

std::optional<Anatomy> AnatomyOf(const ServerFigures& meanwhile, double round_trip_ns) {
  uint64_t reactor_ns = 0, queue_ns = 0, turns_ns = 0, writes_ns = 0, writes = 0;
  Anatomy anatomy;
  for (const PoolFigures& pool : meanwhile.pools) {
    reactor_ns += pool.reactor.sum_ns;
    queue_ns += pool.waits.sum_ns;
  }
  for (const ServiceFigures& service : meanwhile.services) {
    anatomy.reads += service.reads;
    turns_ns += service.times.sum_ns;
    writes_ns += service.writes.sum_ns;
    writes += service.writes.count();
  }
  if (anatomy.reads == 0) return std::nullopt;
  const auto mean = [&](uint64_t sum_ns) {
    return static_cast<double>(sum_ns) / static_cast<double>(anatomy.reads);
  };
  anatomy.round_trip_ns = round_trip_ns;
  anatomy.reactor_ns = mean(reactor_ns);
  anatomy.queue_ns = mean(queue_ns);
  // The writes are a part of the turns.
  anatomy.service_ns = mean(turns_ns - std::min(turns_ns, writes_ns));
  anatomy.write_ns = mean(writes_ns);
  anatomy.write_known = writes > 0;
  return anatomy;
}

}  // namespace switchboard::load
