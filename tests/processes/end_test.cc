// Several processes come to their end together, and what is said of them.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "src/linux/fd.h"
#include "tests/processes/family.h"
#include "tests/support/build.h"
#include "tests/support/files.h"
#include "tests/support/logfmt.h"
#include "tests/support/manager.h"
#include "tests/support/proc.h"
#include "tests/support/sink.h"

namespace switchboard::test {
namespace {

// What it has open beside the standard streams. What is opened to look at the machine is closed
// again meanwhile.
std::vector<std::string> OpenFiles(pid_t pid) {
  std::vector<std::string> files;
  std::error_code closed;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
    const std::string file = std::filesystem::read_symlink(entry.path(), closed).string();
    const bool is_look = file.ends_with("stat");
    if (!closed && !is_look && std::stoi(entry.path().filename()) > 2) files.push_back(file);
  }
  return files;
}

bool HaveEnded(const std::vector<pid_t>& pids) {
  return WaitFor([&] { return std::ranges::all_of(pids, HasEnded); });
}

TEST_CASE("AStopDrainsAll") {
  Family family(4);
  Callers callers = Call(family.server.Address(), 80);
  REQUIRE(Unanswered(callers) == 0);
  for (auto& caller : callers) REQUIRE(caller->Send("the last word") == 13);
  family.server.Signal(SIGTERM);
  for (auto& caller : callers) {
    CHECK(caller->ReceiveUntilEof() == "the last word");
    CHECK(caller->end() == End::kEof);
    caller->Close();
  }
  CHECK(family.server.WaitForExit() == 0);
  CHECK(IsRefused(family.server.Address()));
  const std::vector<Fields> books = family.server.Logged("drained");
  REQUIRE(books.size() == 5);
  int64_t accepted = 0;
  for (const Fields& each : books) {
    CHECK(each["accepted"] == each["closed"]);
    CHECK(each["bytes_in"] == each["bytes_out"]);
    if (!each.Text("process").empty()) accepted += each["accepted"];
  }
  CHECK(accepted == 80);
  CHECK(books.back().Text("process").empty());
  CHECK(books.back()["accepted"] == 80);
}

TEST_CASE("NobodyOnHoldIsResetByAStopOfAll") {
  Family family(3);
  const std::vector<pid_t> children = family.Children();
  for (const pid_t child : children) REQUIRE(::kill(child, SIGSTOP) == 0);
  Callers callers = Call(family.server.Address(), 100);
  family.server.Signal(SIGTERM);  // who is stopped is continued
  for (auto& caller : callers) {
    CHECK(caller->ReceiveUntilEof() == "hello");
    CHECK(caller->end() == End::kEof);
    caller->Close();
  }
  CHECK(family.server.WaitForExit() == 0);
}

// It would keep the others waiting for its end, and must not be taken for one that is stuck.
TEST_CASE("OneThatIsStoppedWhileItEndsIsContinued") {
  Family family(2, {"--drain-callers", "600"});
  Callers callers = Call(family.server.Address(), 10);
  REQUIRE(Unanswered(callers) == 0);
  family.server.Signal(SIGTERM);
  REQUIRE(WaitFor([&] { return family.server.Logged("no_new_callers_begin").size() == 2; }));
  const pid_t child = family.Children().at(1);
  REQUIRE(::kill(child, SIGSTOP) == 0);
  CHECK(WaitFor([&] { return family.server.Logged("process_continued").size() == 1; }));
  for (auto& caller : callers) {
    CHECK(caller->Echo("hello?") == "hello?");
    caller->Close();
  }
  CHECK(family.server.WaitForExit() == 0);
  CHECK(family.server.Logged("process_stuck").empty());
}

// With all lines taken, one of them has somebody on hold and no line of its own that could be
// freed.
TEST_CASE("AStopWithCallersOnHoldEnds") {
  Family family(3, {"--max-connections", "2", "--drain-timeout", "600"});
  Callers on_the_line = Call(family.server.Address(), 2);
  REQUIRE(Unanswered(on_the_line) == 0);
  Callers held = Call(family.server.Address(), 6);
  family.server.Signal(SIGTERM);
  for (auto& caller : on_the_line) {
    CHECK(caller->ReceiveUntilEof() == "");
    caller->Close();
  }
  for (auto& caller : held) {
    CHECK(caller->ReceiveUntilEof() == "hello");
    CHECK(caller->end() == End::kEof);
    caller->Close();
  }
  CHECK(family.server.WaitForExit() == 0);
}

TEST_CASE("EachFurtherSignalEndsThePhaseOfAll") {
  Family family(2, {"--lame-duck", "600", "--drain-callers", "600"});
  Callers callers = Call(family.server.Address(), 10);
  REQUIRE(Unanswered(callers) == 0);
  const auto begin = [&](const std::string& phase) {
    return WaitFor([&] { return family.server.Logged(phase + "_begin").size() == 2; });
  };
  family.server.Signal(SIGTERM);
  REQUIRE(begin("lame_duck"));
  Callers late = Call(family.server.Address(), 10);
  CHECK(Unanswered(late) == 0);
  std::this_thread::sleep_for(milliseconds(150));  // or it belongs to the same request
  family.server.Signal(SIGTERM);
  REQUIRE(begin("no_new_callers"));
  CHECK(WaitFor([&] { return IsRefused(family.server.Address()); }));
  CHECK(callers.front()->Echo("and I?") == "and I?");
  std::this_thread::sleep_for(milliseconds(150));
  family.server.Signal(SIGTERM);
  REQUIRE(begin("drain"));
  CHECK(callers.front()->ReceiveUntilEof() == "");
  callers.clear();
  late.clear();
  CHECK(family.server.WaitForExit() == 0);
}

// A signal that is ignored stays so across execve(2).
TEST_CASE("HearsOfADeathThoughWhoStartedItDidNotCare") {
  Family family(2, {}, With({"--ignore-signal=CHLD"}));
  const pid_t killed = family.Children().at(0);
  REQUIRE(::kill(killed, SIGKILL) == 0);
  CHECK(WaitFor([&] { return family.IsWhole({killed}); }));
  family.server.Signal(SIGTERM);
  CHECK(family.server.WaitForExit() == 0);
}

// Also if they were closed one by one, and if a service manager was given copies to keep, which has
// no store for them.
TEST_CASE("CallersAreRefusedWhileTheLastOnesAreStillOnTheLine") {
  for (const auto& [one_by_one, managed] :
       {std::pair(false, false), std::pair(true, false), std::pair(false, true)}) {
    TempFolder folder;
    Manager manager(folder / "notify");
    Family family(2, {"--drain-callers", "600"}, managed ? With({manager.Variable()}) : Spawn());
    if (managed) REQUIRE(manager.Hears("READY=1"));
    manager.kept.clear();
    Callers callers = Call(family.server.Address(), 20);
    REQUIRE(Unanswered(callers) == 0);
    if (one_by_one) {
      for (const pid_t child : family.Children()) REQUIRE(::kill(child, SIGTERM) == 0);
      REQUIRE(WaitFor([&] { return family.server.Logged("no_new_callers_begin").size() == 2; }));
    }
    family.server.Signal(SIGTERM);
    CHECK(WaitFor([&] { return IsRefused(family.server.Address()); }));
    CHECK(callers.front()->Echo("and I?") == "and I?");
    callers.clear();
    CHECK(family.server.WaitForExit() == 0);
  }
}

// As a terminal does, or a service manager that signals a whole control group.
TEST_CASE("ASignalToEachProcessIsOneRequest") {
  Family family(3, {"--lame-duck", "600", "--drain-callers", "600"});
  const std::vector<pid_t> children = family.Children();
  for (int round = 0; round < 2; ++round) {
    for (const pid_t child : children) REQUIRE(::kill(child, SIGTERM) == 0);
    if (round == 0) family.server.Signal(SIGTERM);
  }
  REQUIRE(WaitFor([&] { return family.server.Logged("lame_duck_begin").size() == 3; }));
  CHECK_FALSE(family.server.WaitForExit(milliseconds(300)).has_value());
  CHECK(family.server.Logged("no_new_callers_begin").empty());
}

TEST_CASE("OneThatIsToldToStopIsReplacedAndTheOthersGoOnListening") {
  Family family(2);
  const pid_t told = family.Children().at(0);
  REQUIRE(::kill(told, SIGTERM) == 0);
  CHECK(WaitFor([&] { return family.IsWhole({told}); }));
  Callers callers = Call(family.server.Address(), 20);
  CHECK(Unanswered(callers) == 0);
}

// Also if they have been told to stop, and have time for it.
TEST_CASE("AllEndWithAParentThatIsStopping") {
  Family family(2, {"--lame-duck", "600", "--drain-callers", "600"});
  const std::vector<pid_t> children = family.Children();
  family.server.Signal(SIGTERM);
  REQUIRE(WaitFor([&] { return family.server.Logged("lame_duck_begin").size() == 2; }));
  family.server.Signal(SIGKILL);
  CHECK(HaveEnded(children));
}

TEST_CASE("AllEndWithTheirParent") {
  for (const ServerProcess::Options& options :
       {ServerProcess::Options{}, ServerProcess::Options{"--user", "12345"}}) {
    if (!options.empty() && ::geteuid() != 0) {
      MESSAGE("left out: this is not root");
      return;
    }
    Family family(3, options);
    const std::vector<pid_t> children = family.Children();
    REQUIRE(children.size() == 3);
    family.server.Signal(SIGKILL);
    CHECK(HaveEnded(children));
    CHECK(WaitFor([&] { return IsRefused(family.server.Address()); }));
  }
}

TEST_CASE("StopsAtAnyMomentOfTheStart") {
  // Until the start is long over, however slow the machine is.
  const Deadline deadline;
  std::chrono::microseconds wait(5000);
  for (int i = 0, clean = 0; i < 30 || clean == 0; ++i) {
    REQUIRE_FALSE(deadline.Passed());
    ServerProcess server = ServerProcess::WithoutWaiting(
        {"--listen", "127.0.0.1:0", "--processes", "3", "--log-level", "error"});
    // Before it has blocked the signal it is ended by it, as any program is.
    std::this_thread::sleep_for(wait);
    server.Signal(SIGTERM);
    const std::optional<int> status = server.WaitForExit();
    REQUIRE(status.has_value());
    CHECK((*status == 0 || *status == 128 + SIGTERM));
    if (*status == 0) ++clean;
    wait += i < 30 ? std::chrono::microseconds(1000) : wait;
  }
}

TEST_CASE("IsEndedByASignalWhileANameIsLookedUp") {
  const TempFolder folder;
  const std::string hosts = folder / "hosts";  // which keeps who reads it waiting
  REQUIRE(::mkfifo(hosts.c_str(), 0600) == 0);
  Spawn spawn;
  spawn.wrapper = {"unshare", "--mount", "sh", "-c",
                   "mount --bind " + hosts + " /etc/hosts && exec \"$0\" \"$@\""};
  if (RunToEnd({"--version"}, spawn).status != 0) {
    MESSAGE("left out: nothing can be mounted here");
    return;
  }
  ServerProcess server = ServerProcess::WithoutWaiting(
      {"--listen", "no-such-host.example:0", "--processes", "2"}, spawn);
  sys::Fd writer;
  REQUIRE(WaitFor([&] {
    writer.Reset(::open(hosts.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    return bool(writer) || server.WaitForExit(milliseconds(0)).has_value();
  }));
  if (!writer) {
    MESSAGE("left out: names are not looked up in a file here");
    return;
  }
  server.Signal(SIGTERM);
  CHECK(server.WaitForExit() == 128 + SIGTERM);
}

TEST_CASE("TheServiceManagerHearsOneServer") {
  TempFolder folder;
  Manager manager(folder / "notify");
  Family family(3, {}, With({manager.Variable(), "WATCHDOG_USEC=2000000"}));
  REQUIRE(manager.Hears("WATCHDOG=1"));
  REQUIRE(manager.Hears("READY=1\nSTATUS=3 of 3 processes serving"));
  CHECK(family.IsWhole());
  family.server.Signal(SIGTERM);
  CHECK(family.server.WaitForExit() == 0);
  manager.Listen();
  const auto count = [&](const std::string& said) {
    return std::ranges::count_if(manager.heard,
                                 [&](const std::string& each) { return each.starts_with(said); });
  };
  CHECK(count("READY=1") == 1);
  CHECK(count("STOPPING=1") == 1);
}

// How often it has been told one.
size_t StatusTextsOf(const Manager& manager) {
  return static_cast<size_t>(std::ranges::count_if(
      manager.heard, [](const std::string& each) { return each.find("STATUS=") != each.npos; }));
}

TEST_CASE("TheServiceManagerHearsHowManyServe") {
  SlowManager slow;
  Family family(3, {}, slow.spawn());
  Manager& manager = slow.manager;
  CHECK(manager.Hears("READY=1\nSTATUS=3 of 3 processes serving at 1 address"));
  const pid_t child = family.Children().at(1);
  REQUIRE(::kill(child, SIGSTOP) == 0);
  CHECK(manager.Hears("STATUS=2 of 3 processes serving at 1 address"));
  CHECK(StatusTextsOf(manager) == 2);
  manager.heard.clear();
  REQUIRE(::kill(child, SIGKILL) == 0);
  CHECK(manager.Hears("STATUS=3 of 3 processes serving at 1 address"));
  CHECK(family.IsWhole({child}));
  manager.heard.clear();
  family.server.Signal(SIGTERM);
  CHECK(family.server.WaitForExit() == 0);
  manager.Listen();
  CHECK(std::ranges::none_of(manager.heard, [](const std::string& each) {
    return each.find(" of 3 ") != std::string::npos;
  }));
}

// Beside what it shares with the other processes it has its own, and nothing of the parent's.
TEST_CASE("AProcessHoldsNothingOpenThatIsTheParentsAlone") {
  TempFolder folder;
  Manager manager(folder / "notify");
  Family family(2, {"--listen", "127.0.0.1:0", "--status", "127.0.0.1:0"},
                With({manager.Variable()}));
  for (const pid_t child : family.Children()) {
    int sockets = 0;
    for (const std::string& file : OpenFiles(child)) {
      CAPTURE(file);
      CHECK_FALSE(file.starts_with("/proc"));
      if (file.starts_with("socket:")) ++sockets;
    }
    CHECK(sockets == 1);
  }
}

TEST_CASE("TheParentHasOneThread") {
  Family family(2);
  REQUIRE(::kill(family.Children().at(0), SIGKILL) == 0);
  REQUIRE(WaitFor([&] { return family.IsWhole(); }));
  const int64_t most = kThreadSanitizer ? 2 : 1;  // which may have one of its own
  CHECK(ThreadCount(family.server.pid()) <= most);
}

// Without /proc a pipe cannot be opened anew, so that whoever writes may have to wait.
TEST_CASE("TheParentNeitherWaitsForAReaderNorStartsAThreadThatDoes") {
  Spawn spawn;
  spawn.wrapper = HidingProc();
  if (spawn.wrapper.empty()) return;
  Sink sink = Sink::Pipe();
  spawn.standard_error = sink.writer();
  Family family(2, {}, spawn);
  std::string said;
  family.server.Signal(SIGUSR1);
  REQUIRE(WaitFor([&] {
    said += sink.ReadAll();
    return LinesOf(said, "stats").size() == 3;
  }));
  sink.Fill();
  const pid_t killed = family.Children().at(0);
  REQUIRE(::kill(killed, SIGKILL) == 0);
  REQUIRE(WaitFor([&] {
    const std::vector<pid_t> children = family.Children();
    return children.size() == 2 && std::ranges::count(children, killed) == 0;
  }));
  CHECK(ThreadCount(family.server.pid()) == 1);
  family.server.Signal(SIGTERM);
  CHECK(family.server.WaitForExit() == 0);
}

TEST_CASE("TheFileOfAUnixSocketGoesWithTheLast") {
  TempFolder folder;
  const std::string path = folder / "echo";
  Family family(2, {"--listen", "unix:" + path});
  Callers callers = Call("unix:" + path, 20);
  CHECK(Unanswered(callers) == 0);
  REQUIRE(::kill(family.Children().at(0), SIGTERM) == 0);
  REQUIRE(WaitFor([&] { return !family.server.Logged("drained").empty(); }));
  CHECK(std::filesystem::is_socket(path));
  callers.clear();
  family.server.Signal(SIGTERM);
  CHECK(family.server.WaitForExit() == 0);
  CHECK_FALSE(std::filesystem::exists(path));
}

// One sentence, however many cannot start.
TEST_CASE("AProcessThatCannotStartEndsTheProgram") {
  const TempFolder folder;
  Manager manager(folder / "notify");
  Spawn no_epoll = With({manager.Variable()});
  const std::vector<std::string> refusing = Refusing(SYS_epoll_create1, EMFILE);
  no_epoll.wrapper.insert(no_epoll.wrapper.begin(), refusing.begin(), refusing.end());
  const Finished run = RunToEnd({"--listen", "127.0.0.1:0", "--processes", "3"}, no_epoll);
  CHECK(run.status == 1);
  CHECK(SplitLines(run.err).size() == 1);
  manager.Listen();
  CHECK(StatusTextsOf(manager) == 1);
  CHECK(
      manager.Hears("STATUS=process 1 of --processes 3 ended with status 1 before all of them "
                    "served; the log says why"));
}

}  // namespace
}  // namespace switchboard::test
