// Calls of the real server that the kernel fails, by the hundred: strace(1) has them return an
// errno without doing anything. Whom a fault does not meet gets every byte, and afterwards all is
// as it was.
//
// Left out, as they are not what Linux does: EAGAIN from recv, send or the eventfd, after which no
// edge comes; a send that claims to have sent; a close that fails and leaks; EINTR from futex, on
// which the C library aborts. The simulated kernel has short reads and writes.

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"
#include "tests/support/strace.h"

namespace switchboard::test {
namespace {

constexpr size_t kCallers = 40;
constexpr size_t kMessages = 4;
constexpr size_t kMessageBytes = 3000;
constexpr int kFaultsInAll = 300;

constexpr char kWaits[] = "?epoll_wait,?epoll_pwait,?epoll_pwait2";

enum class Effect { kUnseen, kEndsOneCall };

struct Fault {
  const char* calls;
  const char* error;
  const char*
      when;  // of each thread's calls, as strace has it: "1+2" is the first, third, fifth...
  Effect effect;
  const char* counter;  // counts it; empty if nothing must
};

constexpr Fault kFaults[] = {
    {"accept4", "ECONNABORTED", "1+2", Effect::kUnseen, "accept_failed"},
    {"accept4", "EPROTO", "1+2", Effect::kUnseen, "accept_failed"},
    {"accept4", "EINTR", "1+2", Effect::kUnseen, ""},
    {"accept4", "EMFILE", "1+4", Effect::kUnseen, "accept_paused"},
    {"accept4", "ENFILE", "1+4", Effect::kUnseen, "accept_paused"},
    {"accept4", "ENOBUFS", "1+4", Effect::kUnseen, "accept_paused"},
    {"accept4", "ENOMEM", "1+4", Effect::kUnseen, "accept_paused"},
    {"epoll_ctl", "ENOMEM", "2+3", Effect::kEndsOneCall, "register_failed"},
    {"epoll_ctl", "ENOSPC", "2+3", Effect::kEndsOneCall, "register_failed"},
    {kWaits, "EINTR", "1+2", Effect::kUnseen, ""},
    {"recvfrom", "EINTR", "1+2", Effect::kUnseen, ""},
    {"recvfrom", "ECONNRESET", "3+5", Effect::kEndsOneCall, "closed_reset"},
    {"recvfrom", "ETIMEDOUT", "3+5", Effect::kEndsOneCall, ""},
    {"recvfrom", "EHOSTUNREACH", "3+5", Effect::kEndsOneCall, ""},
    {"recvfrom", "ENOMEM", "3+5", Effect::kEndsOneCall, "closed_error"},
    {"sendto", "EINTR", "1+2", Effect::kUnseen, ""},
    {"sendto", "EPIPE", "3+5", Effect::kEndsOneCall, "closed_reset"},
    {"sendto", "ECONNRESET", "3+5", Effect::kEndsOneCall, "closed_reset"},
    {"sendto", "EHOSTUNREACH", "3+5", Effect::kEndsOneCall, ""},
    {"sendto", "ENOBUFS", "3+5", Effect::kEndsOneCall, "closed_error"},
    {"mmap", "ENOMEM", "1+2", Effect::kEndsOneCall, "no_memory"},
    {"write", "EINTR", "1+2", Effect::kUnseen, ""},
};

std::vector<std::string> Inject(const char* calls, const std::string& what) {
  return {std::string("--trace=") + calls, std::string("--inject=") + calls + ":" + what};
}

int Count(const std::string& text, std::string_view word) {
  int found = 0;
  for (size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size()) ++found;
  return found;
}

bool IsBeginning(const std::string& text, const std::string& of) {
  return text == of.substr(0, text.size());
}

// Many callers at once, each with bytes of its own. Says how many were not served to the end; what
// they did hear was right.
int CutOffOf(const std::string& address) {
  std::array<std::unique_ptr<Client>, kCallers> callers;
  std::array<std::string, kCallers> said, heard;
  for (auto& caller : callers) caller = std::make_unique<Client>(address);
  for (size_t round = 0; round < kMessages; ++round) {
    for (size_t i = 0; i < kCallers; ++i) {
      const std::string message = RandomBytes(kMessageBytes, i * kMessages + round);
      said[i] += message;
      callers[i]->Send(message);
    }
    for (size_t i = 0; i < kCallers; ++i) heard[i] += callers[i]->Receive(kMessageBytes);
  }
  int cut_off = 0;
  for (size_t i = 0; i < kCallers; ++i) {
    callers[i]->ShutdownWrite();
    heard[i] += callers[i]->ReceiveUntilEof();
    CHECK(IsBeginning(heard[i], said[i]));
    CHECK(callers[i]->end() != End::kOpen);
    if (heard[i] != said[i]) ++cut_off;
  }
  return cut_off;
}

bool IsPermitted() {
  ServerProcess server;
  Strace strace(server.pid());
  if (strace.Attached()) return true;
  MESSAGE("left out: this machine does not permit strace");
  return false;
}

// How many calls failed.
int CheckSurvives(const Fault& fault) {
  ServerProcess server({"--greeting=", "--workers=2", "--read-buffer=1024", "--log-level=debug"});
  Client bystander(server.Address());
  REQUIRE(bystander.Echo("before") == "before");
  const int64_t descriptors = (server.Stats(), DescriptorCount(server.pid()));

  Strace strace(server.pid(),
                Inject(fault.calls, std::string("error=") + fault.error + ":when=" + fault.when));
  REQUIRE(strace.Attached());
  const int cut_off = CutOffOf(server.Address());
  const int injected = Count(strace.Detach(), "(INJECTED)");
  CHECK(injected > 0);
  CHECK(cut_off <= (fault.effect == Effect::kUnseen ? 0 : injected));

  const std::string message = RandomBytes(1 << 20, 9);
  CHECK(Difference(message, bystander.Echo(message)) == "");
  CHECK(CutOffOf(server.Address()) == 0);
  CHECK(server.Reaches("closed", 2 * kCallers));
  if (*fault.counter != 0) {
    const int64_t counted = server.Stats()[fault.counter];
    CHECK(counted > 0);
    CHECK(counted <= injected);
  }
  CHECK(WaitFor([&] { return DescriptorCount(server.pid()) == descriptors; }));
  bystander.Close();
  CHECK(server.Reaches("closed", 2 * kCallers + 1));
  server.Drain();
  return injected;
}

TEST_CASE("AFaultEndsAtMostTheCallThatItMeets") {
  if (!IsPermitted()) return;
  int injected = 0;
  for (const Fault& fault : kFaults) {
    INFO(std::string(fault.calls) << " meets " << std::string(fault.error));
    injected += CheckSurvives(fault);
  }
  MESSAGE(injected << " faults injected");
  CHECK(injected >= kFaultsInAll);
}

// Linux has closed the descriptor by then, and it may be another's. (strace has not: it stays
// open.)
TEST_CASE("ACloseThatIsInterruptedIsNotTriedAgain") {
  if (!IsPermitted()) return;
  ServerProcess server({"--greeting="});
  Client bystander(server.Address());
  REQUIRE(bystander.Echo("before") == "before");
  Strace strace(server.pid(), Inject("close", "error=EINTR"));
  REQUIRE(strace.Attached());
  constexpr size_t kTimes = 20;
  for (size_t i = 0; i < kTimes; ++i) {
    Client caller(server.Address());
    REQUIRE(caller.Echo("hello") == "hello");
  }
  CHECK(server.Reaches("closed", kTimes));
  CHECK(bystander.Echo("after") == "after");
  const std::string calls = strace.Detach();
  const std::regex close("close\\(([0-9]+)");
  std::set<std::string> closed;
  for (std::sregex_iterator at(calls.begin(), calls.end(), close), end; at != end; ++at) {
    CAPTURE(calls);
    CHECK(closed.insert((*at)[1]).second);
  }
  CHECK(closed.size() >= kTimes);
}

// Every worker is slow: callers wait, but none is forgotten, and no more wait than there are.
TEST_CASE("SlowWorkersDropNothing") {
  if (!IsPermitted()) return;
  ServerProcess server({"--greeting=", "--workers=2"});
  Strace strace(server.pid(), Inject("sendto", "delay_enter=20000"));
  REQUIRE(strace.Attached());
  std::array<std::unique_ptr<Client>, kCallers> callers;
  for (auto& caller : callers) {
    caller = std::make_unique<Client>(server.Address());
    caller->Send("hello?");
  }
  int64_t most_queued = 0;
  const auto all_written = [&] {
    const Fields stats = server.Stats();
    most_queued = std::max(most_queued, stats["queued"]);
    return stats["bytes_out"] == 6 * int64_t{kCallers};
  };
  CHECK(WaitFor(all_written));
  CHECK(most_queued > 0);
  CHECK(most_queued <= int64_t{kCallers});
  for (auto& caller : callers) CHECK(caller->Receive(6) == "hello?");
  strace.Detach();
  CHECK(server.Stats()["queued"] == 0);
  CHECK(server.Drain()["lost"] == 0);
}

// However many sleep. A worker may be woken early, and in vain, for the next read; a herd would be
// eight for each.
TEST_CASE("AMessageWakesNoHerd") {
  ServerProcess server({"--greeting=", "--workers=8"});
  Client caller(server.Address());
  constexpr int kTimes = 200;
  const int64_t before = server.Stats()["worker_wakes"];
  for (int i = 0; i < kTimes; ++i) REQUIRE(caller.Echo("ring") == "ring");
  const int64_t woken = server.Stats()["worker_wakes"] - before;
  CHECK(woken > 0);
  CHECK(woken <= 2 * kTimes);
}

struct StartFault {
  const char* calls;
  const char* error;
};

constexpr StartFault kStartFaults[] = {
    {"socket", "EMFILE"},        {"socket", "ENFILE"},         {"socket", "ENOBUFS"},
    {"socket", "ENOMEM"},        {"bind", "EADDRINUSE"},       {"bind", "EACCES"},
    {"bind", "EADDRNOTAVAIL"},   {"listen", "EADDRINUSE"},     {"epoll_create1", "EMFILE"},
    {"epoll_create1", "ENFILE"}, {"epoll_create1", "ENOMEM"},  {"eventfd2", "EMFILE"},
    {"eventfd2", "ENFILE"},      {"eventfd2", "ENOMEM"},       {"epoll_ctl", "ENOMEM"},
    {"epoll_ctl", "ENOSPC"},     {"?clone,?clone3", "EAGAIN"}, {"?clone,?clone3", "ENOMEM"},
};

TEST_CASE("AFaultAtTheStartIsOneSentenceAndStatus1") {
  if (!IsPermitted()) return;
  if (kThreadSanitizer) {
    MESSAGE("left out: the thread sanitizer needs a thread of its own");
    return;
  }
  for (const StartFault& fault : kStartFaults) {
    INFO(std::string(fault.calls) << " meets " << std::string(fault.error));
    TempFolder folder;
    Spawn traced;
    // Leaks cannot be looked for in a process that is traced.
    traced.wrapper = {"env",           "ASAN_OPTIONS=abort_on_error=1:detect_leaks=0",
                      "strace",        "-f",
                      "-qq",           "-o",
                      folder / "calls"};
    const auto inject = Inject(fault.calls, std::string("error=") + fault.error);
    traced.wrapper.insert(traced.wrapper.end(), inject.begin(), inject.end());
    const Finished run = RunToEnd({"--listen=127.0.0.1:0"}, traced);
    CHECK(Count(Contents(folder / "calls"), "(INJECTED)") > 0);
    CHECK(run.status == 1);
    CHECK(run.out == "");
    const std::vector<std::string> lines = SplitLines(run.err);
    CAPTURE(run.err);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("switchboard: "));
  }
}

}  // namespace
}  // namespace switchboard::test
