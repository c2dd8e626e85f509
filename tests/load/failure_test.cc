// Targets that fall silent, break, die or come back while they are measured: the report says so,
// and accuses nobody of losing what may only be late.

#include <doctest/doctest.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/load/measure/verdict.h"
#include "bench/load/run/load.h"
#include "src/linux/clock.h"
#include "src/linux/epoll.h"
#include "src/linux/socket.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

using std::chrono::milliseconds;

// Runs `action` so long after it was made. Joins.
class Later {
 public:
  Later(milliseconds delay, std::function<void()> action)
      : thread_([delay, action = std::move(action)] {
          std::this_thread::sleep_for(delay);
          action();
        }) {}
  ~Later() { thread_.join(); }

 private:
  std::thread thread_;
};

constexpr size_t kEchoedBeforeItStops = 100 * 64;  // half of what OpenLoop sends

std::string UnixPath(const char* name) {
  return "/tmp/load-failure-test." + std::string(name) + "." + std::to_string(::getpid());
}

Options OpenLoop(const std::string& target) {
  Options options = ShortRun(target);
  options.connections = 4;
  options.rate = 200;
  options.duration_s = 1;
  return options;
}

TEST_CASE("AStallAtTheEndIsNoLoss") {
  ChildServer server(kEchoedBeforeItStops);
  Later go_on(milliseconds(0), [&] {
    server.WaitUntilStopped();
    std::this_thread::sleep_for(milliseconds(3000));  // the stall itself
    server.Continue();
  });
  const Report report = RunLoad(OpenLoop(server.target()));
  CHECK(report.verification.Passed());
  CHECK(report.errors.empty());
  CHECK(report.generator.unanswered == 0);
  CHECK(report.latency.count() + report.generator.not_offered == report.generator.intended);
  CHECK(report.latency.max_ns() > 2'000'000'000);
  CHECK(Mentions(report, "of the messages that the schedule asked for"));
}

TEST_CASE("SilenceIsNoLossButIsSaid") {
  const ChildServer server(kEchoedBeforeItStops);
  const Report report = RunLoad(OpenLoop(server.target()));
  CHECK(report.verification.Passed());
  CHECK(report.errors.at({Phase::kReceive, "TIMEOUT"}) == 4);
  CHECK(report.generator.unanswered > 0);
  CHECK(report.latency.count() + report.generator.not_offered == report.generator.intended);
  CHECK(report.verdict != kValid);
  CHECK(report.verdict != kVerificationFailed);
  CHECK(Mentions(report, "were never answered"));
}

TEST_CASE("AServerThatNeverEchoesIsNotReached") {
  TestServer server([](TestCaller&, std::string_view) {});
  for (const double rate : {0.0, 50.0}) {
    CAPTURE(rate);
    Options options = ShortRun(server.target());
    options.rate = rate;
    options.duration_s = 0.6;
    const Report report = RunLoad(options);
    CHECK(report.verdict == kTargetNotReached);
    CHECK(report.reasons.front() == "the target echoed nothing");
    CHECK(report.errors.count({Phase::kReceive, "TIMEOUT"}) == 1);
  }
}

TEST_CASE("ANumberOfMessagesIsGivenUpWhenTheTargetIsGone") {
  TestServer* known = nullptr;
  int messages = 0;
  TestServer server([&](TestCaller& caller, std::string_view data) {
    if (++messages <= 200) return caller.Send(data);
    known->StopListening();
    caller.Reset();
  });
  known = &server;
  Options options = ShortRun(server.target());
  options.duration_s = 0;
  options.messages = 1'000'000'000;
  const Report report = RunLoad(options);
  CHECK(report.verdict != kValid);
  CHECK(Mentions(report, "of 1000000000 messages were answered"));
  CHECK_FALSE(report.interrupted);
}

TEST_CASE("ACallCountsWhenItsMessagesAreAnswered") {
  TestServer server([](TestCaller& caller, std::string_view data) {
    if (caller.number % 2 == 0) caller.Send(data);
  });
  Options options = ShortRun(server.target());
  options.connections = 200;
  options.calls_per_second = 200;
  options.messages_per_call = 1;
  Report report;
  // A machine that has much else to do may not come to many calls in a short time.
  for (double seconds = 0.6; report.connect.count() <= 80 && seconds < 20; seconds *= 2) {
    options.duration_s = seconds;
    report = RunLoad(options);
  }
  const auto connected = static_cast<double>(report.connect.count());
  CHECK(connected > 80);
  CHECK(report.generator.calls > 10);
  CHECK(static_cast<double>(report.generator.calls) <= 0.6 * connected + 10);
  CHECK(Mentions(report, "of the calls"));
}

// Accepts and hangs up, mostly before its caller can send: to a unix socket that fails at once.
class UnfriendlyServer {
 public:
  UnfriendlyServer() : listener_(static_cast<int>(sys::StreamSocket(AF_UNIX).value)) {
    REQUIRE(sys::Bind(listener_.get(), sys::Resolve(sys::ParseEndpoint(target())).front()));
    REQUIRE(sys::Listen(listener_.get(), 128));
    thread_ = std::thread([this] { Serve(); });
  }
  ~UnfriendlyServer() {
    done_ = true;
    wake_.Signal();
    thread_.join();
    ::unlink(path_.c_str());
  }
  std::string target() const { return "unix:" + path_; }

 private:
  void Serve() {
    while (!done_) {
      pollfd watched[] = {{wake_.fd(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
      ::poll(watched, 2, -1);
      for (sys::Result accepted; (accepted = sys::Accept(listener_.get()));) {
        const sys::Fd closed_at_once(static_cast<int>(accepted.value));
      }
    }
  }

  const std::string path_ = UnixPath("unfriendly");
  sys::Fd listener_;
  sys::EventFd wake_;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

TEST_CASE("AFailureWhileItIsProvedClosesAConnectionOnce") {
  UnfriendlyServer server;
  Options options = ShortRun(server.target());
  options.connections = 200;
  const Report report = RunLoad(options);
  CHECK(Total(report.errors) > 200);  // they are tried again
  for (const auto& [error, count] : report.errors) CHECK(error.second != "EBADF");
}

TEST_CASE("AUnixTargetIsCalledAgain") {
  const std::string target = "unix:" + UnixPath("again");
  std::unique_ptr<TestServer> first = std::make_unique<TestServer>(Echo, "", target), second;
  Options options = ShortRun(target);
  options.connections = 2;
  options.duration_s = 3;
  Report report;
  {
    Later leave(milliseconds(500), [&] { first.reset(); });
    Later come_back(milliseconds(1000),
                    [&] { second = std::make_unique<TestServer>(Echo, "", target); });
    report = RunLoad(options);
  }
  REQUIRE(second != nullptr);
  CHECK(second->callers() == 2);
  CHECK(Mentions(report, "connections broke or were refused"));
}

TEST_CASE("AFullBacklogOfAUnixTargetIsCounted") {
  const std::string path = UnixPath("full");
  const sys::Address address = sys::Resolve(sys::ParseEndpoint("unix:" + path)).front();
  const sys::Fd listener(static_cast<int>(sys::StreamSocket(AF_UNIX).value));
  REQUIRE(sys::Bind(listener.get(), address));
  REQUIRE(sys::Listen(listener.get(), 4));  // and nobody accepts
  Options options = ShortRun("unix:" + path);
  options.connections = 10;
  options.calls_per_second = 100;
  options.messages_per_call = 1;
  const Report report = RunLoad(options);
  ::unlink(path.c_str());
  CHECK(report.errors.count({Phase::kConnect, "EAGAIN"}) == 1);
}

TEST_CASE("ConnectionsOpenAgainAtTheRateAskedFor") {
  constexpr int kConnections = 20;
  const int64_t reset_ms = sys::NowMs() + 1000;
  std::vector<int64_t> again_ms;
  TestServer server([&](TestCaller& caller, std::string_view data) {
    // Caller 0 looked whether there is a server.
    if (caller.number <= kConnections && sys::NowMs() > reset_ms) return caller.Reset();
    if (caller.number > kConnections && caller.held.empty()) again_ms.push_back(sys::NowMs());
    caller.held = "seen";
    caller.Send(data);
  });
  Options options = ShortRun(server.target());
  options.connections = kConnections;
  options.connect_rate = 40;
  options.duration_s = 1.7;
  const Report report = RunLoad(options);
  CHECK(report.generator.connections_open == kConnections);
  REQUIRE(again_ms.size() == kConnections);
  CHECK(again_ms.back() - again_ms.front() > 200);  // 475 ms, less what held up the first
}

}  // namespace
}  // namespace switchboard::load
