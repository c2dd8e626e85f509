// What the server tells a service manager, and the sockets that one gives it. The manager is this
// test.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "src/linux/address.h"
#include "src/linux/socket.h"
#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/http.h"
#include "tests/support/manager.h"
#include "tests/support/server_process.h"
#include "tests/support/strace.h"

namespace switchboard::test {
namespace {

Spawn With(const std::vector<std::string>& variables) {
  Spawn spawn;
  spawn.wrapper = {"env"};
  spawn.wrapper.insert(spawn.wrapper.end(), variables.begin(), variables.end());
  return spawn;
}

// Starts the server with these descriptors as 3 and up; -1 is a closed one.
Spawn Giving(const std::vector<int>& descriptors, const std::string& names,
             const std::string& count = "", const std::string& variable = "A=b") {
  std::string script = "export LISTEN_PID=$$; ";
  for (size_t i = 0; i < descriptors.size(); ++i) {
    const int from = descriptors[i];
    const std::string number = std::to_string(3 + i);
    script += "exec " + number + (from < 0 ? "<&-; " : "<&" + std::to_string(from) + "; ");
  }
  Spawn spawn;
  spawn.wrapper = {"env",
                   variable,
                   "LISTEN_FDS=" + (count.empty() ? std::to_string(descriptors.size()) : count),
                   "LISTEN_FDNAMES=" + names,
                   "bash",
                   "-c",
                   script + "exec \"$0\" \"$@\""};
  return spawn;
}

// A socket at loopback that a child may inherit, with a number that is in nobody's way.
sys::Fd SocketFor(int type, bool listening = true) {
  const sys::Fd made(::socket(AF_INET, type, 0));
  const sys::Address loopback = sys::NumericAddress("127.0.0.1").value();
  REQUIRE(sys::Bind(made.get(), loopback));
  if (listening && type == SOCK_STREAM) REQUIRE(sys::Listen(made.get(), 100));
  sys::Fd high(::fcntl(made.get(), F_DUPFD, 50));
  REQUIRE(high);
  return high;
}

std::string AddressOf(const sys::Fd& socket) { return sys::LocalAddress(socket.get()).ToString(); }

TEST_CASE("SaysWhenItServesAndWhenItStops") {
  TempFolder folder;
  const std::string name = "@switchboard-notify-" + std::to_string(::getpid());
  for (const std::string& at : {folder / "notify", name}) {
    Manager manager(at);
    ServerProcess server({"--drain-callers", "600"}, With({manager.Variable()}));
    CHECK(manager.Hears("READY=1\nSTATUS=serving at 1 address"));
    Client caller(server.Address());
    REQUIRE(server.Reaches("active", 1));
    server.Signal(SIGTERM);
    CHECK(manager.Hears("STOPPING=1"));
    const auto asked = [&] {
      return std::ranges::count(manager.heard, "EXTEND_TIMEOUT_USEC=2000000");
    };
    CHECK(WaitFor([&] { return manager.Hears("EXTEND") && asked() >= 2; }));
    caller.Close();
    CHECK(server.WaitForExit() == 0);
  }
}

TEST_CASE("SaysWhyItDoesNotServe") {
  const TempFolder folder;
  const sys::Fd taken = SocketFor(SOCK_STREAM);
  const std::string address = AddressOf(taken);
  struct Wrong {
    ServerProcess::Options options;
    int status;
    std::string error;
  };
  const std::string in_use = "\nERRNO=" + std::to_string(EADDRINUSE);
  for (const Wrong& wrong :
       {Wrong{{"--listen", address}, 1, in_use},
        Wrong{{"--listen", address, "--processes", "2"}, 1, in_use},
        Wrong{{"--status", address}, 1, in_use}, Wrong{{"--workers", "none"}, 2, ""}}) {
    CAPTURE(wrong.options.back());
    Manager manager(folder / "notify");
    const Finished run = RunToEnd(wrong.options, With({manager.Variable()}));
    ::unlink(manager.address().c_str());
    CHECK(run.status == wrong.status);
    const std::string begin = "switchboard: ";
    REQUIRE(run.err.starts_with(begin));
    const std::string sentence = run.err.substr(begin.size(), run.err.find('\n') - begin.size());
    manager.Listen();
    CHECK(manager.heard == std::vector{"STATUS=" + sentence + wrong.error});
  }
}

// The text of a status is UTF-8 on one line: what a user has given may be neither.
TEST_CASE("WhatItSaysOfAMistakeIsOneMessage") {
  const TempFolder folder;
  Manager manager(folder / "notify");
  (void)RunToEnd({"--listen", "a\nREADY\xFF"}, With({manager.Variable()}));
  manager.Listen();
  REQUIRE(manager.heard.size() == 1);
  CHECK(manager.heard[0].starts_with("STATUS="));
  CHECK(manager.heard[0].find("'a READY\\xff'") != std::string::npos);
}

TEST_CASE("NoCheckOfAServerSpeaksForIt") {
  const TempFolder folder;
  Manager manager(folder / "notify");
  const sys::Fd silent = SocketFor(SOCK_STREAM, false);
  CHECK(RunToEnd({"--check", AddressOf(silent)}, With({manager.Variable()})).status == 1);
  manager.Listen();
  CHECK(manager.heard.empty());
}

// The program in the state that a manager would kill it in; nothing in it but the reactor is held.
TEST_CASE("AHeldReactorMissesThePingsOfTheWatchdog") {
  TempFolder folder;
  Manager manager(folder / "notify");
  ServerProcess server({}, With({manager.Variable(), "WATCHDOG_USEC=200000"}));
  REQUIRE(manager.Hears("READY=1"));
  REQUIRE(manager.Hears("WATCHDOG=1"));
  {
    Strace held(server.pid(), {"--inject=epoll_wait,epoll_pwait:delay_exit=600000000"});
    if (!held.Attached()) {
      MESSAGE("left out: this machine does not permit strace");
      return;
    }
    Clock::time_point last = Clock::now();
    CHECK(WaitFor([&] {
      if (manager.Listen() > 0) last = Clock::now();
      return Clock::now() - last > seconds(2);
    }));
    CHECK(WaitFor([&] { return !server.Logged("reactor_stuck").empty(); }));
  }
  CHECK(WaitFor([&] { return manager.Listen() > 0; }));
  server.Drain();
}

TEST_CASE("ServesWhateverBecomesOfWhatItSays") {
  TempFolder folder;
  Manager full(folder / "full");
  const int small = 1;
  const sys::Fd flood(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const sys::Address at = sys::Address::Unix(folder / "full");
  while (::sendto(flood.get(), &small, 1, 0, at.get(), at.size()) == 1) {
  }
  for (const std::string& address : {folder / "full", folder / "nobody", std::string("vsock:2:1"),
                                     '/' + std::string(300, 'x'), std::string()}) {
    CAPTURE(address);
    ServerProcess server({"--greeting", ""}, With({"NOTIFY_SOCKET=" + address}));
    Client caller(server.Address());
    CHECK(caller.Echo("hello") == "hello");
    caller.Close();
    server.Drain();
  }
}

TEST_CASE("ServesASocketByItsName") {
  const sys::Fd discard = SocketFor(SOCK_STREAM), other = SocketFor(SOCK_STREAM);
  Spawn spawn = Giving({discard.get(), other.get()}, "discard:switchboard.socket");
  ServerProcess server = ServerProcess::WithoutWaiting({"--greeting", ""}, spawn);
  REQUIRE(WaitFor([&] { return server.Addresses().size() == 2; }));
  CHECK(server.Address(0) == AddressOf(discard));
  Client caller(server.Address(1)), mute(server.Address(0));
  CHECK(caller.Echo("hello") == "hello");
  CHECK(mute.Send("hello") == 5);
  CHECK(server.Reaches("discarded", 5));
}

TEST_CASE("AnAddressThatIsAskedForIsAdopted") {
  const sys::Fd given = SocketFor(SOCK_STREAM);
  const std::string address = AddressOf(given);
  {
    ServerProcess server({"--listen", address + "=discard"}, Giving({given.get()}, "discard"));
    CHECK(server.Addresses() == std::vector{address});
  }
  const Finished conflict = RunToEnd({"--listen", address}, Giving({given.get()}, "discard"));
  CHECK(conflict.status == 2);
  CHECK(conflict.err.find("contradicts descriptor 3") != std::string::npos);
}

TEST_CASE("EveryWrongDescriptorIsNamed") {
  const sys::Fd listening = SocketFor(SOCK_STREAM), silent = SocketFor(SOCK_STREAM, false),
                datagram = SocketFor(SOCK_DGRAM);
  Client caller(AddressOf(listening));
  REQUIRE(caller.WaitConnected());
  const sys::Fd connection(
      ::fcntl(static_cast<int>(::accept(listening.get(), nullptr, nullptr)), F_DUPFD, 60));
  const sys::Fd file(::fcntl(STDIN_FILENO, F_DUPFD, 60));
  struct Wrong {
    int descriptor;
    std::string complaint;
  };
  for (const Wrong& wrong : {Wrong{-1, "is closed"}, Wrong{file.get(), "is no socket"},
                             Wrong{datagram.get(), "is a datagram socket"},
                             Wrong{connection.get(), "is a connection (Accept=yes)"},
                             Wrong{silent.get(), "does not listen"}}) {
    CAPTURE(wrong.complaint);
    const Finished run = RunToEnd({}, Giving({listening.get(), wrong.descriptor}, "echo:phone"));
    CHECK(run.status == 1);
    CHECK(SplitLines(run.err).size() == 1);
    CHECK(run.err.find("descriptor 4 ('phone') of LISTEN_FDS " + wrong.complaint) !=
          std::string::npos);
  }
  for (const std::string count : {"-1", "1x", "99999999999"}) {
    const Finished run = RunToEnd({}, Giving({listening.get()}, "echo", count));
    CHECK(run.status == 1);
    CHECK(run.err.find("LISTEN_FDS is '" + count + "'") != std::string::npos);
  }
}

TEST_CASE("ASocketNamedStatusIsTheStatusPorts") {
  TempFolder folder;
  const sys::Fd phone = SocketFor(SOCK_STREAM), tcp = SocketFor(SOCK_STREAM);
  const sys::Fd made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sys::Address path = sys::Address::Unix(folder / "status");
  REQUIRE(sys::Bind(made.get(), path));
  REQUIRE(sys::Listen(made.get(), 10));
  const sys::Fd file(::fcntl(made.get(), F_DUPFD, 50));
  for (const sys::Fd* const status : {&tcp, &file}) {
    const std::string address = AddressOf(*status);
    CAPTURE(address);
    for (const ServerProcess::Options& options :
         {ServerProcess::Options{}, ServerProcess::Options{"--status", address}}) {
      ServerProcess server = ServerProcess::WithoutWaiting(
          options, Giving({status->get(), phone.get()}, "status:echo"));
      CHECK(StatusAddress(server) == address);
      CHECK(WaitFor([&] { return Get(address, "/readyz").body == "ready\n"; }));
      CHECK(server.Addresses() == std::vector{AddressOf(phone)});
      CHECK(Get(address, "/metrics").body.find("source=\"inherited\"} 1\n") != std::string::npos);
      server.Drain();
    }
  }
  // It is the service manager's, who gives it to the next server.
  struct stat found {};
  CHECK(::stat((folder / "status").c_str(), &found) == 0);
}

TEST_CASE("AStatusPortHasOneAddress") {
  const sys::Fd one = SocketFor(SOCK_STREAM), other = SocketFor(SOCK_STREAM);
  const Finished contradicted =
      RunToEnd({"--status", "127.0.0.1:0"}, Giving({one.get()}, "status"));
  CHECK(contradicted.status == 2);
  CHECK(
      contradicted.err ==
      "switchboard: --status 127.0.0.1:0 contradicts descriptor 3 ('status') of LISTEN_FDS, which "
      "is " +
          AddressOf(one) + "; leave one of them out\n");
  const Finished twice = RunToEnd({}, Giving({one.get(), other.get()}, "status:status"));
  CHECK(twice.status == 1);
  CHECK(twice.err.find("descriptor 4 ('status') of LISTEN_FDS is a second one") !=
        std::string::npos);
}

// As under PrivateNetwork=yes: the sockets are of the network that the process has left.
TEST_CASE("AStatusPortThatNobodyCouldReachIsAMistake") {
  const sys::Fd phone = SocketFor(SOCK_STREAM);
  uint64_t network;
  socklen_t size = sizeof(network);
  if (::getsockopt(phone.get(), SOL_SOCKET, SO_NETNS_COOKIE, &network, &size) != 0) {
    MESSAGE("left out: this kernel does not tell networks apart");
    return;
  }
  Spawn spawn = Giving({phone.get()}, "echo");
  spawn.wrapper.insert(spawn.wrapper.begin(), {"unshare", "--net"});
  if (RunToEnd({"--version"}, spawn).status != 0) {
    MESSAGE("left out: networks need root");
    return;
  }
  const Finished secluded = RunToEnd({"--status", "9100"}, spawn);
  CHECK(secluded.status == 1);
  CHECK(SplitLines(secluded.err).size() == 1);
  CHECK(secluded.err.starts_with("switchboard: --status 9100 could be reached by nobody"));
  TempFolder folder;
  const std::string path = "unix:" + folder / "status";
  ServerProcess server = ServerProcess::WithoutWaiting({"--status", path}, spawn);
  CHECK(StatusAddress(server) == path);
}

TEST_CASE("SocketsForAnotherProcessAreNotTouched") {
  ServerProcess server({}, With({"LISTEN_PID=1", "LISTEN_FDS=5"}));
  CHECK(server.Addresses().size() == 1);
}

// The manager keeps the sockets: nobody is refused between two servers, or after a kill.
TEST_CASE("CallersWaitForTheNextServer") {
  TempFolder folder;
  Manager manager(folder / "notify");
  std::string address;
  {
    ServerProcess first({"--greeting", ""}, With({manager.Variable()}));
    address = first.Address();
    REQUIRE(manager.Hears("FDSTORE=1\nFDNAME=kept-"));
    REQUIRE(manager.Hears("READY=1"));
    REQUIRE(manager.kept.size() == 1);
    first.Signal(SIGKILL);
    CHECK(first.WaitForExit() == 128 + SIGKILL);
  }
  Client waiting(address);
  REQUIRE(waiting.Send("hello") == 5);
  const sys::Fd stored(::fcntl(manager.kept[0].get(), F_DUPFD, 50));
  {
    ServerProcess second({"--greeting", "", "--listen", address},
                         Giving({stored.get()}, "kept-it", "", manager.Variable()));
    CHECK(waiting.Receive(5) == "hello");
    waiting.Close();
    REQUIRE(second.Reaches("closed_peer", 1));
    // Whoever calls while it stops is left on hold, not reset.
    second.Signal(SIGSTOP);
    Client late(address);
    REQUIRE(late.Send("late") == 4);
    second.Signal(SIGTERM);
    second.Signal(SIGCONT);
    CHECK(second.WaitForExit() == 0);
    ServerProcess third({"--greeting", "", "--listen", address},
                        Giving({stored.get()}, "kept-it", "", manager.Variable()));
    CHECK(late.Receive(4) == "late");
  }
  // It is given up as soon as nobody asks for it.
  ServerProcess fourth({"--listen", "127.0.0.1:0"},
                       Giving({stored.get()}, "kept-it", "", manager.Variable()));
  CHECK(manager.Hears("FDSTOREREMOVE=1\nFDNAME=kept-it"));
  CHECK(IsRefused(address));
  CHECK(manager.kept.size() == 2);
}

TEST_CASE("TheFileOfAUnixSocketThatIsKeptStays") {
  TempFolder folder;
  Manager manager(folder / "notify");
  const std::string path = folder / "s";
  ServerProcess server({"--listen", "unix:" + path}, With({manager.Variable()}));
  REQUIRE(manager.Hears("READY=1"));
  server.Drain();
  struct stat status {};
  CHECK(::stat(path.c_str(), &status) == 0);
}

// The journal sets the time itself, and reads the priority from the beginning of the line.
TEST_CASE("TheJournalIsToldThePriority") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  const sys::Fd journal(ends[0]), stream(ends[1]);
  struct stat status {};
  REQUIRE(::fstat(stream.get(), &status) == 0);
  const std::string own = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
  for (const bool is_journal : {true, false}) {
    CAPTURE(is_journal);
    Spawn spawn = With({"JOURNAL_STREAM=" + (is_journal ? own : "1:" + own)});
    spawn.standard_error = stream.get();
    ServerProcess server({"--backlog", "1000000000"}, spawn);
    server.Signal(SIGTERM);
    CHECK(server.WaitForExit() == 0);
    char text[8192];
    const ssize_t size = ::recv(journal.get(), text, sizeof(text), MSG_DONTWAIT);
    REQUIRE(size > 0);
    const std::vector<std::string> lines =
        SplitLines(std::string_view(text, static_cast<size_t>(size)));
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].starts_with(is_journal ? "<4>level=warn event=backlog_cut" : "time="));
    CHECK(lines[2].starts_with(is_journal ? "<6>level=info event=drained" : "time="));
    ServerProcess refused = ServerProcess::WithoutWaiting({"--workers", "none"}, spawn);
    CHECK(refused.WaitForExit() == 2);
    const ssize_t said = ::recv(journal.get(), text, sizeof(text), MSG_DONTWAIT);
    REQUIRE(said > 0);
    CHECK(std::string_view(text, static_cast<size_t>(said))
              .starts_with(is_journal ? "<3>switchboard: " : "switchboard: "));
  }
}

}  // namespace
}  // namespace switchboard::test
