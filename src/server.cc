#include "switchboard/server.h"

#include <algorithm>
#include <utility>

#include "src/base/log.h"
#include "src/books/books.h"
#include "src/books/stats_text.h"
#include "src/bound_server.h"
#include "src/connection/trace.h"
#include "src/linux/clock.h"
#include "src/linux/process.h"
#include "src/linux/socket.h"
#include "src/listening/listeners.h"
#include "src/reactor.h"

namespace switchboard {
namespace {

// Callers for whom there are so many descriptors. The others are for standard streams, listeners,
// epoll, callers that are told "busy", and what processes poke each other with.
int64_t LinesFor(int64_t descriptors, const Colleagues* colleagues) {
  if (colleagues != nullptr) descriptors -= colleagues->descriptors();
  return std::max<int64_t>(1, descriptors - std::min<int64_t>(512, descriptors / 4));
}

}  // namespace

// The members are destroyed from the bottom up: the pools come last, so that their workers are
// joined before what they use is destroyed.
struct Server::Parts {
  explicit Parts(BoundServer& bound)
      : options(bound.options),
        log(options.log_level, bound.colleagues == nullptr ? 0 : bound.colleagues->number() + 1),
        colleagues(bound.colleagues),
        trace(options.trace ? std::make_unique<Trace>(callers) : nullptr),
        buffers(static_cast<size_t>(options.read_buffer_bytes)),
        services(std::move(bound.services)),
        routes(std::move(bound.routes)),
        own_books(bound.books == nullptr ? std::make_unique<const Books>(bound.roster) : nullptr),
        books(bound.books == nullptr ? *own_books : *bound.books),
        addresses(bound.Addresses()),
        sockets(bound.ListeningSockets()) {}

  void StartPools();
  void StartPool(size_t index);
  bool SpeaksForAll() const { return colleagues == nullptr || colleagues->SpeaksForAll(); }
  void WarnOf(const std::vector<std::unique_ptr<Listener>>& listeners);
  void WarnIfLinesAreMissing(int64_t descriptors, int64_t room);
  uint64_t DroppedLines() const;
  void AddKernelsPart(Stats& stats) const;
  void AddListeners(Snapshot& snapshot) const;
  Acceptor::Config AcceptConfig();
  void GiveUp() const;

  const Options options;
  Log log;
  Colleagues* const colleagues;
  CallerAddresses callers;
  const std::unique_ptr<Trace> trace;  // if it is wanted
  BufferPool buffers;
  ReadyList ready;
  const Services services;
  Routes routes;
  const std::unique_ptr<const Books> own_books;  // nullptr if others see what is counted
  const Books& books;
  std::unique_ptr<Reactor> reactor;
  std::vector<std::unique_ptr<WorkerPool>> pools;
  const std::vector<std::string> addresses;
  const std::vector<Server::Listening> sockets;
};

Server::Server(const Options& options, const Services& added)
    : Server(BoundServer(options, added)) {}

Server::Server(BoundServer bound) : parts_(std::make_unique<Parts>(bound)) {
  const Options& options = parts_->options;
  if (parts_->SpeaksForAll()) parts_->WarnOf(bound.listeners);
  parts_->StartPools();
  parts_->reactor = std::make_unique<Reactor>(
      Reactor::Config{
          .phases = {.lame_duck_ms = options.lame_duck_ms,
                     .no_new_callers_ms = options.drain_callers_ms,
                     .draining_ms = options.drain_timeout_ms},
          .connections = {.read_bytes = static_cast<size_t>(options.read_buffer_bytes),
                          .idle_timeout_ms = options.idle_timeout_ms,
                          .write_timeout_ms = options.write_timeout_ms,
                          .busy_text = options.greeting.empty() ? "" : "busy\n",
                          .tells_callers = options.trace || options.log_level == LogLevel::kDebug},
          .accept = parts_->AcceptConfig(),
          .when_closed = std::move(bound.when_closed),
          .give_up = [this] { parts_->GiveUp(); },
      },
      std::move(bound.listeners), parts_->pools, parts_->buffers, parts_->callers, parts_->ready,
      parts_->books.reactor(), parts_->log);
}

Server::~Server() = default;

void Server::Parts::StartPools() {
  const Roster& roster = books.roster();
  for (size_t pool = 0; pool < roster.pools.size(); ++pool) StartPool(pool);
  for (size_t number = 0; number < roster.services.size(); ++number) {
    Route& route = routes.at(roster.services[number].name);
    route.number = number;
    route.counters = &books.services()[number];
    route.pool = pools[roster.services[number].pool].get();
  }
}

void Server::Parts::StartPool(size_t index) {
  const Roster& roster = books.roster();
  const Roster::Pool& pool = roster.pools[index];
  const bool may_block = std::ranges::any_of(roster.services, [&](const Roster::Service& service) {
    return service.pool == index && routes.at(service.name).traits.may_block;
  });
  pools.push_back(
      std::make_unique<WorkerPool>(WorkerPool::Config{.name = pool.name,
                                                      .option = pool.option,
                                                      .may_block = may_block,
                                                      .times_writes = options.time_writes,
                                                      .trace = trace.get()},
                                   books.pool(index), buffers, ready));
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

// `room` is what the descriptors of one process allow.
void Server::Parts::WarnIfLinesAreMissing(int64_t descriptors, int64_t room) {
  const bool several = colleagues != nullptr;
  const int64_t fits = several ? room * static_cast<int64_t>(colleagues->count()) : room;
  if (options.max_connections <= fits) return;
  LogText text;
  text << "wanted=" << options.max_connections << " descriptors=" << descriptors;
  if (several) text << " processes=" << colleagues->count();
  text << " fits=" << fits << " hint=\"raise ulimit -n" << (several ? " or --processes" : "")
       << '"';
  log.Write(LogLevel::kWarn, "max_connections_high", text);
}

Acceptor::Config Server::Parts::AcceptConfig() {
  const int64_t descriptors = sys::RaiseDescriptorLimit();
  const int64_t room = LinesFor(descriptors, colleagues);
  if (SpeaksForAll()) WarnIfLinesAreMissing(descriptors, room);
  int64_t max_connections = options.max_connections > 0 ? options.max_connections : room;
  if (colleagues != nullptr) max_connections = std::min(max_connections, room);
  books.reactor().max_connections = max_connections;
  return {.lines = {.max_connections = max_connections,
                    .max_per_address = options.max_per_address,
                    .when_full = options.when_full,
                    .colleagues = colleagues},
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

void Server::Parts::AddKernelsPart(Stats& stats) const {
  stats.log_dropped = DroppedLines();
  stats.listen_overflows = reactor->ListenOverflows();
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
  Stats stats = StatsOf(Alone(parts_->books));
  parts_->AddKernelsPart(stats);
  return stats;
}

void Server::WakeReactor() { parts_->reactor->Wake(); }

uint64_t Server::ReactorRounds() const { return parts_->books.reactor().rounds.Get(); }

size_t Server::PoolCount() const { return parts_->pools.size(); }

Server::PoolProgress Server::ProgressOf(size_t pool) const {
  WorkerPool& asked = *parts_->pools.at(pool);
  const WorkerPool::Progress progress = asked.ProgressNow();
  return {asked.name(), progress.full, progress.taken};
}

Snapshot Server::GetSnapshot() const {
  Snapshot snapshot = SnapshotOf(Alone(parts_->books), sys::NowMs());
  parts_->AddKernelsPart(snapshot.total);
  parts_->AddListeners(snapshot);
  return snapshot;
}

void Server::Parts::AddListeners(Snapshot& snapshot) const {
  reactor->ForEachListener([&](const Listener& listener) {
    snapshot.listeners.push_back(FiguresOf(listener, routes, books.roster()));
  });
}

}  // namespace switchboard
