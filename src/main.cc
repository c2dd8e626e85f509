// The server program: command line -> Options -> Server, and what each signal does.

#include <atomic>
#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "src/base/line_stream.h"
#include "src/base/log.h"
#include "src/daemon/announce.h"
#include "src/daemon/check.h"
#include "src/daemon/inherited_sockets.h"
#include "src/daemon/service_manager.h"
#include "src/daemon/stop_requests.h"
#include "src/daemon/watchdog.h"
#include "src/linux/clock.h"
#include "src/linux/process.h"
#include "src/linux/signals.h"
#include "src/listening/listener.h"
#include "src/options/command_line.h"
#include "src/options/help.h"
#include "src/options/table.h"
#include "src/processes/serve.h"
#include "src/status/status_port.h"
#include "switchboard/server.h"

namespace {

namespace sys = switchboard::sys;
using switchboard::LineStream;
using switchboard::LineText;
using switchboard::LogLevel;

constexpr int kUsageError = 2;

int Serve(switchboard::ProgramOptions options, switchboard::ServiceManager& manager) {
  // SIGHUP and SIGPIPE do nothing: they are blocked and nobody waits for them.
  sys::BlockSignals({SIGTERM, SIGINT, SIGUSR1, SIGHUP, SIGPIPE});
  const switchboard::InheritedSockets inherited;
  options.sockets = inherited.sockets();
  options.sockets_stay = manager.is_there();
  std::optional<switchboard::Server> server;
  std::atomic<bool> serving = false;
  switchboard::StopRequests requests;
  // From the start, as looking up a name to listen at may take long; but a change of the user comes
  // before any thread.
  std::optional<sys::SignalThread> signals;
  const auto on_signal = [&](int signal) {
    if (!serving) {
      if (signal != SIGUSR1) sys::ExitNow(0);
    } else if (signal == SIGUSR1) {
      server->LogStats();
    } else if (requests.IsNew(sys::NowMs())) {
      if (server->phase() == switchboard::Phase::kServing) manager.Stopping();
      switchboard::ObeyStopRequest(*server);
    }
  };
  const std::unique_ptr<switchboard::Listener> status_listener =
      inherited.ListenForStatus(options.status);
  std::optional<switchboard::status::StatusPort> status;
  const auto start_threads = [&] {
    signals.emplace({SIGTERM, SIGINT, SIGUSR1}, on_signal);
    if (status_listener) status.emplace(status_listener->fd(), options.status_hosts);
  };
  if (options.user) {
    options.when_bound = [&] {
      sys::BecomeUser(*options.user);
      start_threads();
    };
  } else {
    start_threads();
  }
  server.emplace(options);
  const std::shared_ptr<LineStream> output = LineStream::Open(LineStream::kStandardOutput);
  switchboard::Log log(options.log_level);
  const std::vector<std::string> addresses = server->Addresses();
  inherited.Settle(server->ListeningSockets(), manager);
  std::optional<switchboard::Watchdog> watchdog;
  if (manager.watchdog_us() > 0) {
    watchdog.emplace(switchboard::Watchdog::Config{.period_us = manager.watchdog_us(),
                                                   .watches_pools = true,
                                                   .ping = [&manager] { manager.Alive(); }},
                     *server, log);
  }
  // From here on no lack of memory ends it.
  serving = true;
  switchboard::Announce(addresses, log);
  if (status) {
    switchboard::AnnounceStatus(*status_listener, log);
    status->Show(&*server);
  }
  manager.Ready(1, addresses.size());
  server->Run();
  return 0;
}

// Sentences of the server name the field of Options that they are about; a user knows the flag.
// `error` is the errno that it is about, 0: none.
int Fail(const std::optional<switchboard::ServiceManager>& manager, int status,
         std::string_view sentence, int error = 0) {
  try {
    const std::string said = switchboard::WithFlagNames(std::string(sentence));
    const std::shared_ptr<LineStream> output = LineStream::Open(LineStream::kStandardError);
    LineText line;
    if (output->IsJournal()) line << switchboard::JournalPriority(LogLevel::kError);
    line << "switchboard: " << said;
    output->Write(line.EndLine());
    if (manager) manager->SayFailure(said, error);
  } catch (const std::exception&) {
    // Not even memory for that: the exit status has to say it.
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  sys::OpenStandardStreams();
  std::optional<switchboard::ServiceManager> manager;  // that whoever serves speaks to
  try {
    manager.emplace();
    const switchboard::CommandLine command_line = switchboard::ParseCommandLine(argc, argv);
    switch (command_line.action) {
      case switchboard::CommandLine::Action::kHelp:
        std::fputs(switchboard::HelpText().c_str(), stdout);
        return 0;
      case switchboard::CommandLine::Action::kVersion:
        std::puts("switchboard " SWITCHBOARD_VERSION);
        return 0;
      case switchboard::CommandLine::Action::kCheck:
        manager.reset();
        switchboard::CheckEcho(command_line.check);
        return 0;
      case switchboard::CommandLine::Action::kServe:
        return command_line.options.processes > 1
                   ? switchboard::ServeInProcesses(command_line.options, manager)
                   : Serve(command_line.options, *manager);
    }
  } catch (const std::invalid_argument& error) {
    return Fail(manager, kUsageError, error.what());
  } catch (const switchboard::ListenError& error) {
    return Fail(manager, 1, error.what(), error.error);
  } catch (const std::bad_alloc&) {
    return Fail(manager, 1,
                "there is not enough memory to start; raise the limit (ulimit -v, or the memory "
                "limit of the container or service) or give fewer --workers");
  } catch (const std::exception& error) {
    return Fail(manager, 1, error.what());
  }
}
