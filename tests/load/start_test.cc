// When a run begins: it says that it is ready, and waits for a line of standard input or a time.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/base/json.h"
#include "bench/load/base/units.h"
#include "src/linux/fd.h"
#include "tests/load/support.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"
#include "tests/support/wait.h"

namespace switchboard::load {
namespace {

using Words = std::vector<std::string>;

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

// switchboard-load with the redirections of a shell, in the words of one.
test::Spawn With(const std::string& redirections) {
  test::Spawn spawn;
  spawn.program = SWITCHBOARD_LOAD;
  spawn.wrapper = {"bash", "-c", "exec \"$0\" \"$@\" " + redirections};
  return spawn;
}

Words Against(const std::string& target, Words words) {
  for (const char* word : {"--warmup", "0", "--greeting", "none"}) words.push_back(word);
  words.push_back(target);
  return words;
}

double NowS() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// A pipe with a name, open at both ends.
class NamedPipe {
 public:
  explicit NamedPipe(const std::string& path) : path_(path) {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    fd_ = sys::Fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  }

  const std::string& path() const { return path_; }
  void Say(const std::string& text) {
    CHECK(::write(fd_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void Fill() {
    const std::string block(4096, 'x');
    while (::write(fd_.get(), block.data(), block.size()) > 0) {
    }
  }
  // All that is in it so far.
  std::string Hear() {
    char block[256];
    const ssize_t size = ::read(fd_.get(), block, sizeof(block));
    if (size > 0) heard_.append(block, static_cast<size_t>(size));
    return heard_;
  }
  void Close() { fd_.Reset(); }

 private:
  const std::string path_;
  sys::Fd fd_;
  std::string heard_;
};

// A run that waits to be started, and its target.
struct Held {
  test::TempFolder folder;
  NamedPipe go{folder / "go"}, ready{folder / "ready"};
  std::atomic<int> messages{0};
  TestServer server{[this](TestCaller& caller, std::string_view data) {
    ++messages;
    Echo(caller, data);
  }};
  test::ServerProcess run;

  explicit Held(Words words)
      : run(test::ServerProcess::WithoutWaiting(Complete(std::move(words)), Redirected())) {
    REQUIRE(test::WaitFor([&] { return ready.Hear() == "ready\n"; }));
  }

  Json Report() const { return Json::Parse(test::Contents(folder / "json")); }

 private:
  Words Complete(Words words) {
    words.insert(words.end(), {"--start-on-stdin", "--ready-fd", "3", "--json", folder / "json"});
    return Against(server.target(), std::move(words));
  }
  test::Spawn Redirected() { return With("<" + go.path() + " 3>" + ready.path()); }
};

TEST_CASE("IsReadyOnceEverythingIsOpenAndSendsNothingBeforeItIsTold") {
  Held held({"-c", "4", "-n", "10"});
  CHECK(held.messages == 4);  // with which the connections proved themselves
  held.go.Say("start\n");
  CHECK(held.run.WaitForExit() == 0);
  CHECK(held.Report()["messages"].AsUnsigned() == 10);
  CHECK(held.Report()["interrupted"].AsBool() == false);
}

TEST_CASE("TheTimesOfTheStarterTellHowFarTheClockIsAhead") {
  Held held({"-n", "10"});
  // The starter's clock is 1000 s behind.
  held.go.Say(Format("start %.6f %.6f\n", NowS() - 1000, NowS() - 1000));
  CHECK(held.run.WaitForExit() == 0);
  const Json report = held.Report();
  const double ahead_s = report["machine"]["clock_ahead_s"].AsNumber();
  const double error_s = report["machine"]["clock_error_s"].AsNumber();
  CHECK(std::abs(ahead_s - 1000) <= error_s);
}

TEST_CASE("TheEndOfStandardInputEndsTheRunWithItsReport") {
  Held held({"-d", "600"});
  held.go.Say("start\n");
  REQUIRE(test::WaitFor([&] { return held.messages > 20; }));
  held.go.Close();
  CHECK(held.run.WaitForExit() == 0);
  CHECK(held.Report()["interrupted"].AsBool());
  CHECK(Has(held.run.Out(), "warning    standard input ended"));
}

TEST_CASE("WithoutAStartNothingIsMeasured") {
  const auto refusal = [](const auto& end) {
    Held held({"-d", "600"});
    end(held);
    CHECK(held.run.WaitForExit() == 1);
    CHECK(held.messages == 1);
    CHECK(held.run.Out().empty());
    return held.run.Err();
  };
  CHECK(refusal([](Held& held) { held.go.Close(); }) ==
        "switchboard-load: standard input ended before it said 'start'; nothing was measured\n");
  CHECK(refusal([](Held& held) { held.run.Signal(SIGINT); }) ==
        "switchboard-load: interrupted before the start; nothing was measured\n");
  for (const char* wrong : {"\n", "stop\n", "start now\n", "start 1\n", "start 1 2 3\n"}) {
    CAPTURE(wrong);
    CHECK(Has(refusal([&](Held& held) { held.go.Say(wrong); }), "standard input said '"));
  }
  const std::string endless(1000, 'x');
  CHECK(Has(refusal([&](Held& held) { held.go.Say(endless); }), "standard input said 'xxx"));
}

TEST_CASE("AReadyDescriptorThatNobodyCanReadIsSaid") {
  TestServer server(Echo);
  const test::TempFolder folder;
  const auto run = [&](const std::string& redirections) {
    return test::RunToEnd(Against(server.target(), {"-d", "600", "--ready-fd", "7"}),
                          With(redirections));
  };
  for (const char* redirection : {"7>&-", "7</dev/null"}) {
    CAPTURE(redirection);
    const test::Finished refused = run(redirection);
    CHECK(refused.status == 2);
    CHECK(Has(refused.err, "--ready-fd cannot be '7'; give the number of a descriptor that is"));
  }
  NamedPipe full(folder / "full");
  full.Fill();
  const test::Finished refused = run("7>" + full.path());
  CHECK(refused.status == 1);
  CHECK(Has(refused.err, "--ready-fd 7 takes no line, it is full"));
}

TEST_CASE("AReaderThatHasGoneAwayIsSaid") {
  TestServer server(Echo);
  test::Spawn spawn = With("");
  // The reader is gone before the program begins.
  spawn.wrapper[2] = "exec 7> >(:); wait $!; exec \"$0\" \"$@\"";
  const test::Finished run =
      test::RunToEnd(Against(server.target(), {"-d", "600", "--ready-fd", "7"}), spawn);
  CHECK(run.status == 1);
  CHECK(Has(run.err, "cannot say ready to --ready-fd 7: Broken pipe"));
}

TEST_CASE("BeginsAtTheTimeThatWasSaid") {
  TestServer server(Echo);
  test::Finished run;
  double at_s = 0;
  // A machine that has much else to do needs longer to be ready.
  for (double ahead_s = 2.25; run.status != 0 && ahead_s < 60; ahead_s *= 2) {
    at_s = std::ceil(NowS()) + ahead_s;
    run = test::RunToEnd(
        Against(server.target(), {"-n", "10", "--json", "-", "--start-at", Format("%.2f", at_s)}),
        With("</dev/null"));
  }
  REQUIRE(run.status == 0);
  CHECK(std::abs(Json::Parse(run.out)["window_start_s"].AsNumber() - at_s) < 0.1);
}

TEST_CASE("ATimeThatComesBeforeEverythingIsOpenIsSaid") {
  TestServer server(Echo);
  const test::Finished run = test::RunToEnd(
      Against(server.target(), {"-c", "3", "--connect-rate", "1", "--start-at", "+500ms"}),
      With("</dev/null"));
  CHECK(run.status == 1);
  CHECK(Has(run.err, "the time of --start-at came "));
  CHECK(Has(run.err, " s before everything was open; give a later one"));
}

TEST_CASE("IsNotReadyIfSomeConnectionsDoNotOpen") {
  TestServer server([](TestCaller& caller, std::string_view data) {
    if (caller.number < 2) Echo(caller, data);
  });
  const test::Finished run =
      test::RunToEnd(Against(server.target(), {"-c", "3", "--ready-fd", "1"}), With("</dev/null"));
  CHECK(run.status == 1);
  CHECK(run.out.empty());
  CHECK(Has(run.err, " of 3 connections are open, and no more will; nothing was started"));
}

}  // namespace
}  // namespace switchboard::load
