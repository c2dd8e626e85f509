// The server program: command line -> Options -> Server, and what each signal does.

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

#include "src/command_line.h"
#include "src/linux/clock.h"
#include "src/linux/process.h"
#include "src/linux/signals.h"
#include "switchboard/server.h"

namespace {

namespace sys = switchboard::sys;

constexpr int kUsageError = 2;
constexpr int kExitedAtOnce = 1;

// timeout(1) and shells signal a process and then its whole group: that is one request to stop.
constexpr int64_t kOneRequestMs = 100;

int Serve(const switchboard::Options& options) {
  // SIGHUP and SIGPIPE do nothing: they are blocked and nobody waits for them.
  sys::BlockSignals({SIGTERM, SIGINT, SIGUSR1, SIGHUP, SIGPIPE});
  std::optional<switchboard::Server> server;
  std::atomic<bool> serving = false;
  int64_t stopped_ms = 0;
  // From the start, as looking up a name to listen at may take long.
  const sys::SignalThread signals({SIGTERM, SIGINT, SIGUSR1}, [&](int signal) {
    if (!serving) {
      if (signal != SIGUSR1) sys::ExitNow(0);
    } else if (signal == SIGUSR1) {
      server->LogStats();
    } else if (stopped_ms == 0) {
      stopped_ms = sys::NowMs();
      server->Stop();
    } else if (sys::NowMs() - stopped_ms >= kOneRequestMs) {
      sys::ExitNow(kExitedAtOnce);
    }
  });
  server.emplace(options);
  serving = true;
  for (const std::string& address : server->Addresses()) {
    std::printf("server listening at %s\n", address.c_str());
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    throw std::runtime_error(std::string("cannot say where it listens on standard output: ") +
                             std::strerror(errno) + "; send it somewhere else");
  }
  server->Run();
  return 0;
}

int Fail(int status, const char* sentence) {
  std::fprintf(stderr, "switchboard: %s\n", sentence);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  sys::OpenStandardStreams();
  try {
    const switchboard::CommandLine command_line = switchboard::ParseCommandLine(argc, argv);
    switch (command_line.action) {
      case switchboard::CommandLine::Action::kHelp:
        std::fputs(switchboard::kHelpText, stdout);
        return 0;
      case switchboard::CommandLine::Action::kVersion:
        std::puts("switchboard " SWITCHBOARD_VERSION);
        return 0;
      case switchboard::CommandLine::Action::kServe:
        return Serve(command_line.options);
    }
  } catch (const std::invalid_argument& error) {
    return Fail(kUsageError, error.what());
  } catch (const std::exception& error) {
    return Fail(1, error.what());
  }
}
