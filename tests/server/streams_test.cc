// Whatever standard output and standard error lead to, and whether or not anybody reads them, the
// server serves, obeys signals, and counts the lines that were lost.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "src/linux/fd.h"
#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"
#include "tests/support/sink.h"

namespace switchboard::test {
namespace {

constexpr int kCallers = 200;
const std::string kSaid = std::string(200, 'x') + "\n";
const std::string kTraced = "unix: says \"" + std::string(200, 'x') + "\\n\"";

// A server at a unix socket, so that its address is known without reading what it prints. It says
// as much as it can: a line for each read and for each call that ends.
class Talkative {
 public:
  explicit Talkative(const Spawn& spawn, const std::string& log_level = "debug")
      : server_(ServerProcess::WithoutWaiting(
            {"--listen", address_, "--greeting", "", "--trace", "--log-level", log_level}, spawn)) {
    REQUIRE(WaitFor([&] { return !IsRefused(address_); }));
  }

  // Callers who say a line each, all at the same time, and leave.
  void TakeCalls() {
    std::vector<std::unique_ptr<Client>> callers;
    for (int i = 0; i < kCallers; ++i) callers.push_back(std::make_unique<Client>(address_));
    for (auto& caller : callers) REQUIRE(caller->Send(kSaid) == kSaid.size());
    for (auto& caller : callers) REQUIRE(caller->Receive(kSaid.size()) == kSaid);
  }

  void CheckStops() {
    server_.Signal(SIGUSR1);
    server_.Signal(SIGTERM);
    CHECK(server_.WaitForExit() == 0);
  }

  ServerProcess& operator*() { return server_; }
  ServerProcess* operator->() { return &server_; }
  const std::string& address() const { return address_; }

 private:
  TempFolder folder_;
  const std::string address_ = "unix:" + folder_ / "s";
  ServerProcess server_;
};

Sink MakeSink(const std::string& kind) {
  if (kind == "pipe") return Sink::Pipe();
  return kind == "terminal" ? Sink::Terminal() : Sink::Socket();
}

const std::string kKinds[] = {"pipe", "terminal", "socket"};

// No line was mixed with another: each is of one of the forms that there are, from end to end.
void CheckWhole(const std::string& text) {
  for (const std::string& line : SplitLines(text.substr(0, text.rfind('\n') + 1))) {
    const size_t filling = line.find_first_not_of('.');
    if (filling == std::string::npos) continue;
    const std::string said = line.substr(filling);
    const bool log_line = said.starts_with("time=") && said.rfind("time=") == 0 &&
                          said.find("says") == std::string::npos;
    CAPTURE(said);
    CHECK((log_line || said == kTraced || said.starts_with("server listening at unix:")));
  }
}

TEST_CASE("NobodyReadsStandardOutput") {
  for (const std::string& kind : kKinds) {
    CAPTURE(kind);
    Sink sink = MakeSink(kind);
    Spawn spawn;
    spawn.standard_output = sink.writer();
    Talkative server(spawn, "info");
    for (int i = 0; i < 10; ++i) server.TakeCalls();
    CHECK(server->Drain()["log_dropped"] >= 1);
    CheckWhole(sink.ReadAll());
  }
}

TEST_CASE("NobodyReadsStandardError") {
  for (const std::string& kind : kKinds) {
    CAPTURE(kind);
    Sink sink = MakeSink(kind);
    Spawn spawn;
    spawn.standard_error = sink.writer();
    Talkative server(spawn);
    for (int i = 0; i < 10; ++i) server.TakeCalls();
    // Once somebody reads again, what was lost is said.
    std::string said;
    REQUIRE(WaitFor([&] {
      said += sink.ReadAll();
      server->Signal(SIGUSR1);
      return !LinesOf(said, "stats").empty();
    }));
    CHECK(LinesOf(said, "stats").back()["log_dropped"] >= 1);
    CHECK_FALSE(LinesOf(said, "log_dropped").empty());
    CheckWhole(said);
    server.CheckStops();
  }
}

// As on every terminal, where both lead to the same place.
TEST_CASE("NobodyReadsEither") {
  for (const std::string& kind : kKinds) {
    CAPTURE(kind);
    Sink sink = MakeSink(kind);
    Spawn spawn;
    spawn.standard_output = spawn.standard_error = sink.writer();
    Talkative server(spawn);
    for (int i = 0; i < 5; ++i) server.TakeCalls();
    std::string said = sink.ReadAll();
    server.TakeCalls();  // a line that was begun is finished before these
    said += sink.ReadAll();
    server.CheckStops();
    said += sink.ReadAll();
    CheckWhole(said);
  }
}

TEST_CASE("StandardOutputIsFullFromTheStart") {
  for (const std::string& kind : kKinds) {
    CAPTURE(kind);
    Sink sink = MakeSink(kind);
    sink.Fill();
    Spawn spawn;
    spawn.standard_output = sink.writer();
    Talkative server(spawn, "info");
    server.TakeCalls();
    REQUIRE(WaitFor([&] { return !server->Logged("addresses_not_printed").empty(); }));
    const Fields warning = server->Logged("addresses_not_printed").front();
    CHECK(warning.Text("level") == "warn");
    CHECK(warning.Text("addresses") == server.address());
    server->Drain();
  }
}

TEST_CASE("StandardErrorIsFullFromTheStart") {
  for (const std::string& kind : kKinds) {
    CAPTURE(kind);
    Sink sink = MakeSink(kind);
    sink.Fill();
    Spawn spawn;
    spawn.standard_error = sink.writer();
    Talkative server(spawn);
    server.TakeCalls();
    server.CheckStops();
  }
}

TEST_CASE("AMistakeIsAnExitStatusEvenIfNobodyReadsStandardError") {
  Sink sink = Sink::Pipe();
  sink.Fill();
  Spawn spawn;
  spawn.standard_error = sink.writer();
  CHECK(RunToEnd({"--no-such-option"}, spawn).status == 2);
}

TEST_CASE("TheReaderGoesAway") {
  for (const std::string& kind : kKinds) {
    CAPTURE(kind);
    Sink sink = MakeSink(kind);
    Spawn spawn;
    spawn.standard_output = sink.writer();
    Talkative server(spawn, "info");
    server.TakeCalls();
    sink.CloseReader();
    server.TakeCalls();
    CHECK(server->Drain()["log_dropped"] >= kCallers);
  }
  for (const std::string& kind : kKinds) {
    CAPTURE(kind);
    Sink sink = MakeSink(kind);
    Spawn spawn;
    spawn.standard_error = sink.writer();
    Talkative server(spawn);
    sink.CloseReader();
    server.TakeCalls();
    server.CheckStops();
  }
}

TEST_CASE("TheDeviceIsFull") {
  const sys::Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  REQUIRE(full);
  {
    Spawn spawn;
    spawn.standard_output = full.get();
    Talkative server(spawn, "info");
    server.TakeCalls();
    CHECK(server->Logged("addresses_not_printed").size() == 1);
    CHECK(server->Drain()["log_dropped"] >= kCallers);
  }
  Spawn spawn;
  spawn.standard_error = full.get();
  Talkative server(spawn);
  server.TakeCalls();
  server.CheckStops();
}

// Beyond the limit a write raises SIGXFSZ, which ends a program that does not look out for it.
TEST_CASE("TheFileIsAtItsSizeLimit") {
  Spawn spawn;
  spawn.wrapper = {"prlimit", "--fsize=2000:unlimited"};
  Talkative server(spawn);
  server.TakeCalls();
  REQUIRE(WaitFor([&] { return server->Out().size() == 2000 && server->Err().size() == 2000; }));
  const rlimit unlimited{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  REQUIRE(::prlimit(server->pid(), RLIMIT_FSIZE, &unlimited, nullptr) == 0);
  // Lines about the end of calls may have come when there was room again.
  CHECK(server->Reaches("log_dropped", kCallers / 2));
  server.TakeCalls();
  CheckWhole(server->Out());
  CheckWhole(server->Err());
  server->Drain();
}

// Without /proc, or the right to open it, a pipe or terminal cannot be opened anew.
TEST_CASE("TheStreamCannotBeOpenedAnew") {
  Spawn spawn;
  spawn.wrapper = HidingProc();
  if (spawn.wrapper.empty()) return;
  for (const std::string kind : {"pipe", "terminal"}) {
    CAPTURE(kind);
    Sink sink = MakeSink(kind);
    spawn.standard_output = spawn.standard_error = sink.writer();
    Talkative server(spawn);
    server.TakeCalls();
    REQUIRE(WaitFor([&] { return sink.ReadAll().find("event=closed") != std::string::npos; }));
    for (int i = 0; i < 10; ++i) server.TakeCalls();
    std::string said;
    REQUIRE(WaitFor([&] {
      said += sink.ReadAll();
      server->Signal(SIGUSR1);
      return !LinesOf(said, "stats").empty();
    }));
    REQUIRE(WaitFor([&] {
      said += sink.ReadAll();
      server->Signal(SIGUSR1);
      return LinesOf(said, "stats").back()["log_dropped"] >= 1;
    }));
    CheckWhole(said);
    sink.Fill();
    server.CheckStops();
  }
}

// The flags belong to whoever shares the stream.
TEST_CASE("TheFlagsOfTheStreamsAreLeftAlone") {
  for (const std::string& kind : kKinds) {
    CAPTURE(kind);
    Sink sink = MakeSink(kind);
    const int before = ::fcntl(sink.writer(), F_GETFL);
    Spawn spawn;
    spawn.standard_output = spawn.standard_error = sink.writer();
    Talkative server(spawn);
    server.TakeCalls();
    CHECK(::fcntl(sink.writer(), F_GETFL) == before);
    server.CheckStops();
    CHECK(::fcntl(sink.writer(), F_GETFL) == before);
  }
}

}  // namespace
}  // namespace switchboard::test
