#include "switchboard/server.h"

#include <algorithm>
#include <map>
#include <utility>

#include "src/bound.h"
#include "src/counter_table.h"
#include "src/linux/process.h"
#include "src/linux/socket.h"
#include "src/listeners.h"
#include "src/log.h"
#include "src/reactor.h"
#include "src/stats_text.h"
#include "src/trace.h"

namespace switchboard {
namespace {

// Threads of the common pool unless more are asked for, on a machine with more CPUs than this.
constexpr int kMaxDefaultWorkers = 1024;

const char* const kCommonPool = "worker";

// Descriptors that do not count as connections: standard streams, listeners, epoll, and callers
// that are told "busy".
int64_t ReservedDescriptors(int64_t limit) { return std::min<int64_t>(512, limit / 4); }

}  // namespace

// The members are destroyed from the bottom up: the pools come last, so that their workers are
// joined before what they use is destroyed.
struct Server::Parts {
  explicit Parts(Bound& bound)
      : options(bound.options),
        log(options.log_level),
        trace(options.trace ? std::make_unique<Trace>(callers) : nullptr),
        buffers(static_cast<size_t>(options.read_buffer_bytes)),
        services(std::move(bound.services)),
        routes(std::move(bound.routes)),
        addresses(bound.Addresses()),
        sockets(bound.ListeningSockets()) {}

  void StartPools();
  WorkerPool* StartPool(const std::string& name, int workers, const std::string& option,
                        bool may_block);
  void WarnOf(const std::vector<std::unique_ptr<Listener>>& listeners);
  uint64_t DroppedLines() const;
  Stats StatsOf(const Route& route) const;
  void AddListeners(Snapshot& snapshot) const;
  Acceptor::Config AcceptConfig();
  void GiveUp() const;

  const Options options;
  Log log;
  CallerAddresses callers;
  const std::unique_ptr<Trace> trace;  // if it is wanted
  BufferPool buffers;
  ReadyList ready;
  ReactorCounters counters;
  const Services services;
  Routes routes;
  std::map<std::string, ServiceCounters> books;  // by service
  int64_t max_connections = 0;
  std::unique_ptr<Reactor> reactor;
  std::vector<std::unique_ptr<WorkerPool>> pools;
  const std::vector<std::string> addresses;
  const std::vector<Server::Listening> sockets;
};

Server::Server(const Options& options, const Services& added) : Server(Bound(options, added)) {}

Server::Server(Bound bound) : parts_(std::make_unique<Parts>(bound)) {
  const Options& options = parts_->options;
  parts_->WarnOf(bound.listeners);
  parts_->StartPools();
  parts_->reactor = std::make_unique<Reactor>(
      Reactor::Config{
          .phases = {.lame_duck_ms = options.lame_duck_ms,
                     .no_new_callers_ms = options.drain_callers_ms,
                     .draining_ms = options.drain_timeout_ms},
          .connections = {.read_bytes = static_cast<size_t>(options.read_buffer_bytes),
                          .idle_timeout_ms = options.idle_timeout_ms,
                          .write_timeout_ms = options.write_timeout_ms,
                          .busy_text = options.greeting.empty() ? "" : "busy\n"},
          .accept = parts_->AcceptConfig(),
          .give_up = [this] { parts_->GiveUp(); },
      },
      std::move(bound.listeners), parts_->pools, parts_->buffers, parts_->callers, parts_->ready,
      parts_->counters, parts_->log);
}

Server::~Server() = default;

// Services that somebody can call have a pool of their own, or share the common one.
void Server::Parts::StartPools() {
  WorkerPool* common = nullptr;
  const bool may_block = std::ranges::any_of(routes, [this](const auto& route) {
    return !options.service_workers.contains(route.first) && route.second.traits.may_block;
  });
  const int wanted = options.workers > 0 ? options.workers : sys::AvailableCpus();
  for (auto& [name, route] : routes) {
    route.number = books.size();
    route.books = &books[name];
    const auto own = options.service_workers.find(name);
    if (own != options.service_workers.end()) {
      route.pool = StartPool(name, own->second, PoolOption(*own), route.traits.may_block);
      continue;
    }
    if (common == nullptr) {
      common = StartPool(kCommonPool, std::min(wanted, kMaxDefaultWorkers), "Options::workers",
                         may_block);
    }
    route.pool = common;
  }
}

WorkerPool* Server::Parts::StartPool(const std::string& name, int workers,
                                     const std::string& option, bool may_block) {
  pools.push_back(
      std::make_unique<WorkerPool>(WorkerPool::Config{.name = name,
                                                      .option = option,
                                                      .workers = workers,
                                                      .services = routes.size(),
                                                      .may_block = may_block,
                                                      .times_writes = options.time_writes,
                                                      .trace = trace.get()},
                                   buffers, ready));
  return pools.back().get();
}

void Server::Parts::WarnOf(const std::vector<std::unique_ptr<Listener>>& listeners) {
  const int most = BacklogOf(options);
  if (most < options.backlog) {
    log.Write(LogLevel::kWarn, "backlog_cut",
              LogText() << "wanted=" << options.backlog << " somaxconn=" << most
                        << " hint=\"sysctl -w net.core.somaxconn=" << options.backlog << '"');
  }
  for (const auto& listener : listeners) WarnIfFileStays(*listener, log);
}

Acceptor::Config Server::Parts::AcceptConfig() {
  const int64_t descriptors = sys::RaiseDescriptorLimit();
  const int64_t room = descriptors - ReservedDescriptors(descriptors);
  if (options.max_connections > room) {
    log.Write(LogLevel::kWarn, "max_connections_high",
              "wanted=" + std::to_string(options.max_connections) +
                  " descriptors=" + std::to_string(descriptors) + " fits=" + std::to_string(room) +
                  " hint=\"raise ulimit -n\"");
  }
  max_connections = options.max_connections > 0 ? options.max_connections : room;
  return {.max_connections = max_connections,
          .max_per_address = options.max_per_address,
          .when_full = options.when_full,
          .proxy = {.trusted = TrustedPeers(options.proxy_from),
                    .timeout_ms = options.proxy_timeout_ms}};
}

void Server::Parts::GiveUp() const {
  for (const auto& [name, service] : services) service->GiveUp();
}

// The log and the trace may go to the same file.
uint64_t Server::Parts::DroppedLines() const {
  const bool apart = trace != nullptr && trace->stream() != log.stream();
  return log.stream()->dropped() + (apart ? trace->stream()->dropped() : 0);
}

std::vector<std::string> Server::Addresses() const { return parts_->addresses; }

std::vector<Server::Listening> Server::ListeningSockets() const { return parts_->sockets; }

void Server::Run() {
  parts_->reactor->Run();
  parts_->log.Write(LogLevel::kInfo, "drained", ToText(GetStats()));
}

void Server::Stop() { parts_->reactor->Stop(); }

bool Server::EndPhase() { return parts_->reactor->EndPhase(); }

Phase Server::phase() const { return parts_->reactor->phase(); }

void Server::LogStats() { parts_->log.Write(LogLevel::kInfo, "stats", ToText(GetStats())); }

Stats Server::GetStats() const {
  Stats stats;
  // The workers' first: a byte that one of them has sent was read before that, so a later look at
  // the reactor's counters finds it there.
  for (const auto& pool : parts_->pools) {
    pool->AddCounters(stats);
    stats.queued += pool->QueuedNow();
    stats.worker_wakes += pool->WakesSoFar();
  }
  for (const auto& [service, books] : parts_->books) AddTo(stats, books);
  AddTo(stats, parts_->counters);
  stats.active = stats.accepted - stats.closed();
  stats.bytes_buffered =
      stats.bytes_in - stats.bytes_out - stats.bytes_lost - stats.bytes_discarded;
  stats.log_dropped = parts_->DroppedLines();
  stats.listen_overflows = parts_->reactor->ListenOverflows();
  return stats;
}

void Server::WakeReactor() { parts_->reactor->Wake(); }

uint64_t Server::ReactorRounds() const { return parts_->reactor->rounds(); }

size_t Server::PoolCount() const { return parts_->pools.size(); }

Server::PoolProgress Server::ProgressOf(size_t pool) const {
  WorkerPool& asked = *parts_->pools.at(pool);
  const WorkerPool::Progress progress = asked.ProgressNow();
  return {asked.name(), progress.full, progress.taken};
}

// Workers and reactor in the order of GetStats.
Stats Server::Parts::StatsOf(const Route& route) const {
  Stats stats;
  route.pool->AddCountersOf(route.number, stats);
  AddTo(stats, *route.books);
  return stats;
}

Snapshot Server::GetSnapshot() const {
  Snapshot snapshot;
  snapshot.total = GetStats();
  for (const auto& [name, route] : parts_->routes) {
    const Stats stats = parts_->StatsOf(route);
    auto& service = snapshot.services.emplace_back();
    service.name = name;
    service.pool = route.pool->name();
    service.counts = stats;
    service.active = stats.accepted - stats.closed();
    service.stalled = route.books->stalled.Get();
    service.service_time = stats.service_time;
    service.write_time = stats.write_time;
    route.books->call_times.AddTo(service.call_times);
  }
  for (const auto& pool : parts_->pools) {
    auto& figures = snapshot.pools.emplace_back();
    figures.name = pool->name();
    figures.workers = pool->workers();
    figures.busy = pool->BusyNow();
    figures.queued = pool->QueuedNow();
    figures.wakes = pool->WakesSoFar();
    pool->AddReactorTime(figures.reactor_time);
    pool->AddQueueWait(figures.queue_wait);
  }
  parts_->AddListeners(snapshot);
  snapshot.max_connections = parts_->max_connections;
  snapshot.accept_paused = parts_->reactor->AcceptPaused();
  snapshot.talking = parts_->reactor->Talking();
  snapshot.reactor_rounds = parts_->reactor->rounds();
  snapshot.reactor_age_ms = parts_->reactor->AgeMs();
  return snapshot;
}

void Server::Parts::AddListeners(Snapshot& snapshot) const {
  reactor->ForEachListener([&](const Listener& listener) {
    auto& figures = snapshot.listeners.emplace_back();
    figures.address = listener.address().ToString();
    for (const auto& [name, route] : routes) {
      if (&route == &listener.route()) figures.service = name;
    }
    figures.pool = listener.route().pool->name();
    figures.inherited = listener.adopted();
    if (listener.is_unix()) return;
    const sys::Backlog backlog = sys::BacklogOf(listener.fd());
    figures.on_hold = backlog.waiting;
    figures.backlog = backlog.limit;
  });
}

}  // namespace switchboard
