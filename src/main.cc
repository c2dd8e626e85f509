// The server program: command line -> Options -> Server, and what each signal does.

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "src/command_line.h"
#include "src/linux/signals.h"
#include "switchboard/server.h"

namespace {

constexpr int kUsageError = 2;
constexpr int kExitedAtOnce = 1;

int Serve(const switchboard::Options& options) {
  using switchboard::sys::SignalThread;
  // SIGHUP and SIGPIPE do nothing: they are blocked and nobody waits for them.
  switchboard::sys::BlockSignals({SIGTERM, SIGINT, SIGUSR1, SIGHUP, SIGPIPE});
  switchboard::Server server(options);
  for (const std::string& address : server.Addresses()) {
    std::printf("server listening at %s\n", address.c_str());
  }
  std::fflush(stdout);

  bool stopping = false;
  const SignalThread signals({SIGTERM, SIGINT, SIGUSR1}, [&](int signal) {
    if (signal == SIGUSR1) return server.LogStats();
    if (stopping) switchboard::sys::ExitNow(kExitedAtOnce);
    stopping = true;
    server.Stop();
  });
  server.Run();
  return 0;
}

int Fail(int status, const char* sentence) {
  std::fprintf(stderr, "switchboard: %s\n", sentence);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
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
