// Ctrl-C: what was measured until then is reported, by every command that takes long.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/linux/child.h"
#include "bench/load/base/json.h"
#include "tests/load/support.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"
#include "tests/support/wait.h"

namespace switchboard::load {
namespace {

// A server that interrupts the program that calls it, with its message number `last`.
class Interrupter {
 public:
  explicit Interrupter(int last) : last_(last) {}

  std::string target() const { return server_.target(); }
  void Interrupts(int pid) { pid_ = pid; }

 private:
  void Answer(TestCaller& caller, std::string_view data) {
    if (++messages_ == last_) {
      while (pid_ == 0) std::this_thread::yield();
      ::kill(pid_, SIGINT);
    }
    Echo(caller, data);
  }

  const int last_;
  int messages_ = 0;
  std::atomic<int> pid_ = 0;
  TestServer server_{[this](TestCaller& caller, std::string_view data) { Answer(caller, data); }};
};

struct Reported {
  Json json;
  std::string text;
};

// What `switchboard-load ARGUMENTS` says that is interrupted by its target.
Reported Interrupt(Interrupter& target, const std::string& arguments) {
  const test::TempFolder folder;
  const std::string json = folder / "json", text = folder / "text";
  sys::Child program(SWITCHBOARD_LOAD " " + arguments + " --json " + json + " >" + text);
  target.Interrupts(program.pid());
  CHECK(test::WaitFor([&] { return !program.Running(); }));
  const std::string written = test::Contents(json), printed = test::Contents(text);
  REQUIRE_FALSE(written.empty());
  return {Json::Parse(written), printed};
}

// In a network of its own, a name server that hears questions and answers none. Becomes the program
// that asks, which so keeps the socket that hears.
constexpr const char* kDeafNameServer = R"(
import os, socket, sys
ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ear.bind(('127.0.0.1', 53))
ear.set_inheritable(True)
os.execv(sys.argv[1], sys.argv[1:])
)";

std::vector<std::string> BesideADeafNameServer(const std::string& resolv_conf) {
  return {"unshare",
          "--mount",
          "--net",
          "sh",
          "-c",
          "ip link set lo up && mount --bind " + resolv_conf +
              " /etc/resolv.conf && exec python3 -c \"$0\" \"$@\"",
          kDeafNameServer};
}

// Whether it has been asked, by a process of its network. proc(5), udp: "sl local remote st tx:rx".
bool WasAsked(int pid) {
  std::istringstream lines(test::Contents("/proc/" + std::to_string(pid) + "/net/udp"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string slot, local, remote, state, queues;
    words >> slot >> local >> remote >> state >> queues;
    if (local == "0100007F:0035" && !queues.ends_with(":00000000")) return true;
  }
  return false;
}

}  // namespace

// Nothing ends a resolver that waits for a name server; the program does not wait with it.
TEST_CASE("CtrlCEndsTheSearchForAHost") {
  const test::TempFolder folder;
  const std::string resolv_conf = folder / "resolv.conf";
  std::ofstream(resolv_conf) << "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n";
  test::Spawn alone;
  alone.program = SWITCHBOARD_LOAD;
  alone.wrapper = BesideADeafNameServer(resolv_conf);
  if (test::RunToEnd({"--version"}, alone).status != 0) {
    MESSAGE("left out: a network with a name server of its own cannot be made here");
    return;
  }
  for (const test::ServerProcess::Options& command :
       {test::ServerProcess::Options{"no-such-host.example:7"},
        test::ServerProcess::Options{"conform", "no-such-host.example:7"},
        test::ServerProcess::Options{"compare", "A=no-such-host.example:7", "B=127.0.0.1:1"}}) {
    auto run = test::ServerProcess::WithoutWaiting(command, alone);
    const bool asked = test::WaitFor(
        [&] { return WasAsked(run.pid()) || run.WaitForExit(std::chrono::milliseconds(0)); });
    REQUIRE(asked);
    if (run.WaitForExit(std::chrono::milliseconds(0))) {
      MESSAGE("left out: names are not looked up at a name server here");
      return;
    }
    run.Signal(SIGINT);
    CHECK(run.WaitForExit() == 1);
    CHECK(run.Err().find("interrupted before no-such-host.example:7 answered") !=
          std::string::npos);
  }
}

TEST_CASE("AnInterruptedLoadReportsWhatItMeasured") {
  Interrupter target(200);
  const Reported reported = Interrupt(target, "-d 600 --warmup 0 " + target.target());
  CHECK(reported.json["messages"].AsUnsigned() > 0);
  CHECK(reported.text.find("latency") != std::string::npos);
}

TEST_CASE("AnInterruptedComparisonReportsTheCompleteRounds") {
  Interrupter target(2000);
  TestServer other(Echo);
  const Reported reported =
      Interrupt(target, "compare --rounds 1000 -n 200 --warmup 0 A=" + target.target() +
                            " B=" + other.target());
  CHECK(reported.json["rounds"].AsUnsigned() >= 1);
  CHECK(reported.json["rounds"].AsUnsigned() < 1000);
  CHECK(reported.text.find("interrupted") != std::string::npos);
}

TEST_CASE("AnInterruptedCardHoldsWhatWasAsked") {
  Interrupter target(1);
  const Reported reported =
      Interrupt(target, "conform --only small --only large --only split " + target.target());
  CHECK(reported.json["passed"].AsUnsigned() == 1);
  CHECK(reported.json["not_asked"].AsUnsigned() == 2);
  REQUIRE(reported.json["checks"].AsArray().size() == 1);
  CHECK(reported.json["checks"].AsArray()[0]["name"].AsString() == "small");
  CHECK(reported.text.find("interrupted: 2 not asked, 1 passed") != std::string::npos);
}

}  // namespace switchboard::load
