// Ctrl-C: what was measured until then is reported, by every command that takes long.

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <string>
#include <string_view>
#include <thread>

#include "bench/linux/child.h"
#include "bench/load/base/json.h"
#include "tests/load/support.h"
#include "tests/support/files.h"
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

}  // namespace

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
