#include "switchboard/server.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <stdexcept>

#include "src/counter_table.h"
#include "src/linux/process.h"
#include "src/log.h"
#include "src/options/table.h"
#include "src/reactor.h"
#include "src/services/services.h"
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

void Require(bool holds, const std::string& sentence) {
  if (!holds) throw std::invalid_argument(sentence);
}

// Wildcards expanded to the machine's addresses.
std::vector<std::string> ReachableAt(const std::vector<std::unique_ptr<Listener>>& listeners) {
  std::vector<std::string> texts;
  for (const auto& listener : listeners) {
    const sys::Address address = listener->address();
    if (!address.IsWildcard()) {
      texts.push_back(address.ToString());
      continue;
    }
    const bool ipv6 = address.family() == AF_INET6;
    const std::vector<sys::Address> expanded =
        sys::InterfaceAddresses(address.port(), listener->takes_ipv4(), ipv6);
    // No interface is up, or the kernel does not say which there are.
    if (expanded.empty()) texts.push_back(address.ToString());
    for (const sys::Address& each : expanded) texts.push_back(each.ToString());
  }
  return texts;
}

}  // namespace

// The members are destroyed from the bottom up: the pools come last, so that their workers are
// joined before what they use is destroyed.
struct Server::Parts {
  explicit Parts(const Options& o)
      : options(o),
        log(o.log_level),
        trace(o.trace ? std::make_unique<Trace>(callers) : nullptr),
        buffers(static_cast<size_t>(o.read_buffer_bytes)) {}

  void CheckServices() const;
  bool IsListenedTo(const std::string& service) const;
  void StartPools();
  WorkerPool* StartPool(const std::string& name, const std::string& option, int workers,
                        bool may_block);
  std::vector<std::unique_ptr<Listener>> OpenListeners();
  void OpenEndpoint(const Listen& listen, const Route& route, int backlog,
                    std::vector<std::unique_ptr<Listener>>& listeners);
  const Route& RouteTo(const std::string& service);
  int Backlog();
  uint64_t DroppedLines() const;
  void CheckProxy() const;
  Acceptor::Config AcceptConfig();

  const Options options;
  Log log;
  CallerAddresses callers;
  const std::unique_ptr<Trace> trace;  // if it is wanted
  BufferPool buffers;
  ReadyList ready;
  ReactorCounters counters;
  Services services;
  std::map<std::string, Route> routes;  // by service
  std::unique_ptr<Reactor> reactor;
  WorkerPool* common_pool = nullptr;             // if any service that is listened to shares it
  std::map<std::string, WorkerPool*> own_pools;  // by service
  std::vector<std::unique_ptr<WorkerPool>> pools;
  std::vector<std::string> addresses;
};

Server::Server(const Options& options, const Services& services) {
  CheckOptions(options);
  parts_ = std::make_unique<Parts>(options);
  parts_->services = services;
  parts_->services.merge(ShippedServices(options));
  parts_->CheckServices();
  parts_->CheckProxy();
  parts_->StartPools();
  parts_->reactor = std::make_unique<Reactor>(
      Reactor::Config{
          .drain_timeout_ms = options.drain_timeout_ms,
          .connections = {.read_bytes = static_cast<size_t>(options.read_buffer_bytes),
                          .idle_timeout_ms = options.idle_timeout_ms,
                          .write_timeout_ms = options.write_timeout_ms,
                          .busy_text = options.greeting.empty() ? "" : "busy\n"},
          .accept = parts_->AcceptConfig(),
      },
      parts_->OpenListeners(), parts_->pools, parts_->buffers, parts_->callers, parts_->ready,
      parts_->counters, parts_->log);
  parts_->addresses = ReachableAt(parts_->reactor->listeners());
}

Server::~Server() = default;

void Server::Parts::CheckServices() const {
  for (const auto& [name, service] : services) {
    Require(service != nullptr, "the service '" + name + "' is null; give an object");
    Require(service->traits().max_read_bytes > 0,
            "the service '" + name + "' has max_read_bytes 0; give at least 1");
  }
}

void Server::Parts::CheckProxy() const {
  const auto proxied = std::ranges::find_if(options.listen, &Listen::proxy);
  const bool any = proxied != options.listen.end();
  Require(
      any || options.proxy_from.empty(),
      "Options::proxy_from is for nobody; add Options::listen PORT=SERVICE,proxy or leave it out");
  if (!any) return;
  Require(!options.proxy_from.empty(),
          "Options::listen " + proxied->address +
              " is behind a proxy; say whom to believe with Options::proxy_from");
}

bool Server::Parts::IsListenedTo(const std::string& service) const {
  if (options.listen.empty()) return service == Listen().service;
  return std::ranges::any_of(options.listen,
                             [&](const Listen& listen) { return listen.service == service; });
}

// Services that somebody can call have a pool of their own, or share the common one.
void Server::Parts::StartPools() {
  bool common = false;
  bool common_may_block = false;
  for (const auto& [name, service] : services) {
    if (options.service_workers.contains(name) || !IsListenedTo(name)) continue;
    common = true;
    common_may_block = common_may_block || service->traits().may_block;
  }
  const int workers = options.workers > 0 ? options.workers : sys::AvailableCpus();
  if (common) {
    common_pool = StartPool(kCommonPool, "Options::workers", std::min(workers, kMaxDefaultWorkers),
                            common_may_block);
  }
  for (const auto& [name, count] : options.service_workers) {
    const std::string option = "Options::service_workers " + name + "=" + std::to_string(count);
    Require(services.contains(name), option + " names no service; there are " + NamesOf(services));
    Require(IsListenedTo(name), option + " is a pool for nobody; add Options::listen PORT=" + name +
                                    " or leave it out");
    own_pools[name] = StartPool(name, option, count, services[name]->traits().may_block);
  }
}

WorkerPool* Server::Parts::StartPool(const std::string& name, const std::string& option,
                                     int workers, bool may_block) {
  pools.push_back(std::make_unique<WorkerPool>(WorkerPool::Config{.name = name,
                                                                  .option = option,
                                                                  .workers = workers,
                                                                  .may_block = may_block,
                                                                  .trace = trace.get()},
                                               buffers, ready));
  return pools.back().get();
}

const Route& Server::Parts::RouteTo(const std::string& service) {
  const auto found = services.find(service);
  if (found == services.end()) {
    throw std::invalid_argument("Options::listen names an unknown service '" + service +
                                "'; there are " + NamesOf(services));
  }
  const auto own_pool = own_pools.find(service);
  WorkerPool* const pool = own_pool == own_pools.end() ? common_pool : own_pool->second;
  const Route route{found->second.get(), found->second->traits(), pool};
  return routes.emplace(service, route).first->second;
}

std::vector<std::unique_ptr<Listener>> Server::Parts::OpenListeners() {
  std::vector<Listen> wanted = options.listen;
  if (wanted.empty()) wanted.push_back({.address = "8000"});
  const int backlog = Backlog();
  std::vector<std::unique_ptr<Listener>> listeners;
  for (const Listen& listen : wanted) {
    OpenEndpoint(listen, RouteTo(listen.service), backlog, listeners);
  }
  return listeners;
}

// A host name may stand for several addresses. Those that this machine does not have are left out,
// unless it has none of them.
void Server::Parts::OpenEndpoint(const Listen& listen, const Route& route, int backlog,
                                 std::vector<std::unique_ptr<Listener>>& listeners) {
  const sys::Endpoint endpoint = sys::ParseEndpoint(listen.address);
  const std::vector<sys::Address> addresses = sys::ListenAddresses(endpoint);
  const Listener::Settings settings{.backlog = backlog,
                                    .socket_buffer_bytes = options.socket_buffer_bytes,
                                    .keepalive_seconds = options.keepalive_seconds,
                                    .dual_stack = endpoint.host.empty(),
                                    .behind_proxy = listen.proxy};
  uint16_t port = endpoint.port;
  size_t refused = 0;
  for (const sys::Address& address : addresses) {
    try {
      listeners.push_back(std::make_unique<Listener>(address.WithPort(port), route, settings));
      port = listeners.back()->address().port();
    } catch (const ListenError& error) {
      const bool useless = error.error == EADDRNOTAVAIL || error.error == EAFNOSUPPORT;
      if (!useless || ++refused == addresses.size()) throw;
    }
  }
}

int Server::Parts::Backlog() {
  // The kernel cuts the backlog by itself. If its cap cannot be read, there is nothing to warn of.
  const int most = sys::MaxBacklog().value_or(options.backlog);
  if (options.backlog <= most) return options.backlog;
  log.Write(LogLevel::kWarn, "backlog_cut",
            "wanted=" + std::to_string(options.backlog) + " somaxconn=" + std::to_string(most) +
                " hint=\"sysctl -w net.core.somaxconn=" + std::to_string(options.backlog) + "\"");
  return most;
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
  return {.max_connections = options.max_connections > 0 ? options.max_connections : room,
          .max_per_address = options.max_per_address,
          .when_full = options.when_full,
          .proxy = {.trusted = TrustedPeers(options.proxy_from),
                    .timeout_ms = options.proxy_timeout_ms}};
}

// The log and the trace may go to the same file.
uint64_t Server::Parts::DroppedLines() const {
  const bool apart = trace != nullptr && trace->stream() != log.stream();
  return log.stream()->dropped() + (apart ? trace->stream()->dropped() : 0);
}

std::vector<std::string> Server::Addresses() const { return parts_->addresses; }

void Server::Run() {
  parts_->reactor->Run();
  parts_->log.Write(LogLevel::kInfo, "drained", ToText(GetStats()));
}

void Server::Stop() { parts_->reactor->Stop(); }

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
  AddTo(stats, parts_->counters);
  stats.active = stats.accepted - stats.closed();
  stats.bytes_buffered =
      stats.bytes_in - stats.bytes_out - stats.bytes_lost - stats.bytes_discarded;
  stats.log_dropped = parts_->DroppedLines();
  stats.listen_overflows = parts_->reactor->ListenOverflows();
  return stats;
}

}  // namespace switchboard
