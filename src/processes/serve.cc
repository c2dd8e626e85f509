#include "src/processes/serve.h"

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "src/base/line_stream.h"
#include "src/base/log.h"
#include "src/bound_server.h"
#include "src/daemon/announce.h"
#include "src/daemon/inherited_sockets.h"
#include "src/daemon/service_manager.h"
#include "src/daemon/stop_requests.h"
#include "src/daemon/watchdog.h"
#include "src/linux/child.h"
#include "src/linux/process.h"
#include "src/linux/signals.h"
#include "src/linux/user.h"
#include "src/processes/books_of_all.h"
#include "src/processes/colleague_processes.h"
#include "src/processes/process_table.h"
#include "src/processes/signs_of_life.h"
#include "src/processes/status_subject.h"
#include "src/processes/supervisor.h"
#include "src/status/endpoint.h"

namespace switchboard {
namespace {

// How long a process may be silent if no service manager says it.
constexpr int64_t kHeartUs = 2'000'000;

// The signals of one of the processes. Its parent counts how often all are told to stop, as a
// signal may come twice: from the parent, and from somebody who signals all processes.
class ChildSignals {
 public:
  explicit ChildSignals(ProcessTable::Common& common)
      : common_(common),
        thread_({SIGTERM, SIGINT, SIGUSR1}, [this](int signal) { Handle(signal); }) {}

  // From here on it is `server` that is told.
  void Tell(Server& server) { server_ = &server; }

 private:
  void Handle(int signal) {
    Server* const server = server_;
    if (server == nullptr) {
      if (signal != SIGUSR1) sys::ExitNow(0);
    } else if (signal == SIGUSR1) {
      server->LogStats();
    } else {
      const int wanted = std::max<int>(1, common_.stops);
      for (; obeyed_ < wanted; ++obeyed_) ObeyStopRequest(*server);
      if (sys::ParentPid() != parent_) DrainNow(*server);
    }
  }

  // Nobody is left who could tell it to be quicker.
  static void DrainNow(Server& server) {
    while (server.EndPhase()) {
    }
  }

  ProcessTable::Common& common_;
  const pid_t parent_ = sys::ParentPid();
  std::atomic<Server*> server_ = nullptr;
  int obeyed_ = 0;
  sys::SignalThread thread_;
};

// The parent's.
struct StatusPortOfAll {
  StatusPortOfAll(std::unique_ptr<Listener> at, const std::vector<std::string>& host_names,
                  ProcessTable& table, status::Subject& subject)
      : listener(std::move(at)), endpoint(listener->fd(), host_names, table.news().fd(), subject) {}

  const std::unique_ptr<Listener> listener;
  status::Endpoint endpoint;
};

// One of the processes, from its fork to its end.
void ServeAsChild(BoundServer bound, ProcessTable& table, const Books& books, size_t number,
                  int64_t watchdog_us) {
  LineStream::LeaveToParent();
  for (const auto& listener : bound.listeners) listener->Share();
  ColleagueProcesses colleagues(table, number, bound.options.max_connections);
  bound.colleagues = &colleagues;
  bound.books = &books;
  Log log(bound.options.log_level, number + 1);
  ProcessTable::Slot& slot = colleagues.own();
  Counter& dropped = books.reactor().log_dropped;
  bound.when_closed = [&] {
    slot.has_closed = true;
    table.TellParent();
  };
  std::optional<Server> server;
  const auto note_dropped = [&, before = dropped.Get()] {
    dropped.Add(before + server->GetStats().log_dropped - dropped.Get());
  };
  const auto give_sign = [&] {
    GiveSignOfLife(slot);
    note_dropped();
  };
  ChildSignals signals(table.common());
  server.emplace(std::move(bound));
  signals.Tell(*server);
  GiveSignOfLife(slot);
  {
    const Watchdog watchdog({.period_us = watchdog_us > 0 ? watchdog_us : kHeartUs,
                             .watches_pools = watchdog_us > 0,
                             .ping = give_sign},
                            *server, log);
    slot.serving = true;
    table.TellParent();
    server->Run();
  }
  note_dropped();
  slot.alive_ms = 0;  // what is left to do gives no signs of life
}

}  // namespace

int ServeInProcesses(ProgramOptions options, std::optional<ServiceManager>& manager) {
  // Not those that end it, before there is anything to end: to look up a name may take long.
  sys::BlockSignals({SIGUSR1, SIGHUP, SIGPIPE});
  LineStream::StartNoThreads();
  const InheritedSockets inherited;
  std::unique_ptr<Listener> status_listener = inherited.ListenForStatus(options.status);
  options.sockets = inherited.sockets();
  options.sockets_stay = manager->is_there();
  if (options.user) options.when_bound = [&options] { sys::BecomeUser(*options.user); };
  if (options.workers == 0) {
    options.workers = (sys::AvailableCpus() + options.processes - 1) / options.processes;
  }
  // Before another user may no longer open where it writes.
  Log log(options.log_level);
  BoundServer bound(options, {});
  const auto count = static_cast<size_t>(options.processes);
  ProcessTable table(count);
  BooksOfAll books(bound, count, log);
  const int64_t watchdog_us = manager->watchdog_us();
  const int64_t heart_ms = std::max<int64_t>((watchdog_us > 0 ? watchdog_us : kHeartUs) / 1000, 1);
  std::optional<StatusSubject> subject(std::in_place, bound, table, books, heart_ms);
  std::optional<StatusPortOfAll> status;
  if (status_listener) {
    status.emplace(std::move(status_listener), options.status_hosts, table, *subject);
  }
  size_t address_count = 0;
  const auto when_number_changes = [&](size_t serving) {
    manager->SayHowManyServe(serving, count, address_count);
  };
  const auto when_serving = [&] {
    inherited.Settle(bound.ListeningSockets(), *manager);
    const std::vector<std::string> addresses = bound.Addresses();
    Announce(addresses, log);
    if (status) AnnounceStatus(*status->listener, log);
    address_count = addresses.size();
    manager->Ready(count, address_count);
  };
  // Its own copies are the last then.
  const auto when_closed = [&] {
    books.KeepListenOverflows();
    bound.listeners.clear();
  };
  const int phases =
      1 + (options.lame_duck_ms > 0 ? 1 : 0) + (options.drain_callers_ms > 0 ? 1 : 0);
  Supervisor supervisor({.heart_ms = heart_ms,
                         .phases = phases,
                         .when_serving = when_serving,
                         .when_number_changes = when_number_changes,
                         .when_closed = when_closed},
                        table, books, log, *manager, status ? &status->endpoint : nullptr);
  const std::optional<size_t> number = supervisor.Run();
  if (!number) return supervisor.exit_status();
  // What is the parent's alone is not held open here.
  if (status) status->listener->Share();
  status.reset();
  subject.reset();
  manager.reset();
  ServeAsChild(std::move(bound), table, books.of(*number), *number, watchdog_us);
  return 0;
}

}  // namespace switchboard
