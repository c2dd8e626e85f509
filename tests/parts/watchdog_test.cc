// The watchdog of a server inside the test, which is its service manager: when it pings, and when
// it does not. The period is 200 ms; a silence of ten means that no ping would have come.

#include "src/daemon/watchdog.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "src/daemon/service_manager.h"
#include "src/linux/semaphore.h"
#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/manager.h"

namespace switchboard::test {
namespace {

constexpr const char* kPeriodUs = "200000";
constexpr milliseconds kSilence(2000);

Options OneWorker() {
  Options options;
  options.listen = {{"127.0.0.1:0", "slow"}};
  options.workers = 1;
  options.log_level = LogLevel::kError;
  return options;
}

ServiceManager Told(const Manager& manager) {
  ::setenv("NOTIFY_SOCKET", manager.address().c_str(), 1);
  ::setenv("WATCHDOG_USEC", kPeriodUs, 1);
  return {};
}

// Says that its turns are short, as they were when the pool has learnt how long they take.
struct Slow : Service {
  Traits traits() const override { return {.may_block = false}; }
  Next OnRead(Call&) override { return Turn(), Next::kRead; }
  void OnClose(uint64_t) override {
    if (holds_close) release.Wait();
  }
  virtual void Turn() {}

  std::atomic<bool> holds_close = false;
  sys::Semaphore release;
};

class Watched {
 public:
  explicit Watched(const std::shared_ptr<Slow>& service, const Options& options = OneWorker())
      : told(Told(manager)),
        server(options, {{"slow", service}}),
        watchdog(std::make_unique<Watchdog>(
            Watchdog::Config{told.watchdog_us(), true, [this] { told.Alive(); }}, server, log)),
        reactor([this] { server.Run(); }) {}
  ~Watched() {
    watchdog.reset();
    server.Stop();
    reactor.join();
  }

  void HearsMore(size_t pings) {
    const size_t before = manager.heard.size();
    CHECK(WaitFor([&] { return manager.Listen(), manager.heard.size() >= before + pings; }));
  }
  // Waits until nothing was heard for so long.
  bool FallsSilent() {
    Clock::time_point last = Clock::now();
    return WaitFor([&] {
      if (manager.Listen() > 0) last = Clock::now();
      return Clock::now() - last >= kSilence;
    });
  }
  std::vector<std::unique_ptr<Client>> Callers(int count) {
    std::vector<std::unique_ptr<Client>> callers;
    for (int i = 0; i < count; ++i) {
      callers.push_back(std::make_unique<Client>(server.Addresses().front()));
      REQUIRE(callers.back()->Send("x") == 1);
    }
    return callers;
  }

  const TempFolder folder;
  Manager manager{folder / "notify"};
  const ServiceManager told;
  Log log{LogLevel::kError};
  Server server;
  std::unique_ptr<Watchdog> watchdog;
  std::thread reactor;
};

TEST_CASE("PingsWhileNobodySpeaks") {
  Watched watched(std::make_shared<Slow>());
  watched.HearsMore(10);
  CHECK(std::ranges::count(watched.manager.heard, "WATCHDOG=1") ==
        static_cast<std::ptrdiff_t>(watched.manager.heard.size()));
}

// The turns are the clock: how many there were in a row without a ping. A worker may have taken
// all that waits as its share.
struct Counting : Slow {
  void Turn() override {
    std::this_thread::sleep_for(length);
    without_ping = manager->Listen() > 0 ? 0 : without_ping + 1;
    most_without_ping = std::max(most_without_ping, without_ping);
    ++turns;
  }

  milliseconds length{0};
  Manager* manager = nullptr;
  int without_ping = 0;
  int most_without_ping = 0;
  std::atomic<int> turns = 0;
};

TEST_CASE("ManySlowTurnsAreNotStuck") {
  constexpr int kCallers = 32;
  for (const int length_ms : {50, 150}) {
    CAPTURE(length_ms);
    const auto service = std::make_shared<Counting>();
    service->length = milliseconds(length_ms);
    Watched watched(service);
    service->manager = &watched.manager;
    const auto callers = watched.Callers(kCallers);
    REQUIRE(WaitFor([&] { return service->turns == kCallers; }));
    CHECK(service->most_without_ping <= kCallers / 2);
  }
}

struct Holding : Slow {
  void Turn() override {
    ++held;
    release.Wait();
  }
  std::atomic<int> held = 0;
};

TEST_CASE("ATurnWithoutEndOnTheOnlyWorkerIsStuck") {
  const auto service = std::make_shared<Holding>();
  Watched watched(service);
  watched.HearsMore(2);
  const auto callers = watched.Callers(1);
  CHECK(watched.FallsSilent());
  CHECK(service->held == 1);
  service->release.Post();
  watched.HearsMore(2);
}

TEST_CASE("OneStuckPoolOfSeveralIsEnough") {
  Options options = OneWorker();
  options.listen.push_back({"127.0.0.1:0", "echo"});
  options.service_workers = {{"slow", 1}};
  const auto service = std::make_shared<Holding>();
  Watched watched(service, options);
  const auto callers = watched.Callers(1);
  CHECK(watched.FallsSilent());
  service->release.Post();
  watched.HearsMore(2);
}

TEST_CASE("AWorkerThatIsHeldBesideAFreeOneIsNotStuck") {
  Options options = OneWorker();
  options.workers = 2;
  const auto service = std::make_shared<Holding>();
  Watched watched(service, options);
  const auto callers = watched.Callers(1);
  REQUIRE(WaitFor([&] { return service->held == 1; }));
  watched.HearsMore(20);
  service->release.Post();
}

TEST_CASE("AReactorThatDoesNotComeRoundIsStuck") {
  const auto service = std::make_shared<Slow>();
  Watched watched(service);
  watched.HearsMore(2);
  service->holds_close = true;
  watched.Callers(1);
  CHECK(watched.FallsSilent());
  service->holds_close = false;
  service->release.Post();
  watched.HearsMore(2);
}

TEST_CASE("IsForTheProcessThatItIsMeantFor") {
  const struct {
    const char* usec;
    std::string pid;
    int64_t wanted;
  } kCases[] = {{"200000", "", 200000},
                {"200000", std::to_string(::getpid()), 200000},
                {"200000", "1", 0},
                {"200000", "x", 0},
                {"", "", 0},
                {"0", "", 0},
                {"-5", "", 0},
                {"1s", "", 0}};
  const TempFolder folder;
  const Manager manager(folder / "notify");
  for (const auto& each : kCases) {
    CAPTURE(each.usec);
    CAPTURE(each.pid);
    ::setenv("NOTIFY_SOCKET", manager.address().c_str(), 1);
    ::setenv("WATCHDOG_USEC", each.usec, 1);
    if (!each.pid.empty()) ::setenv("WATCHDOG_PID", each.pid.c_str(), 1);
    CHECK(ServiceManager().watchdog_us() == each.wanted);
    CHECK(::getenv("WATCHDOG_USEC") == nullptr);
    CHECK(::getenv("WATCHDOG_PID") == nullptr);
  }
  ::setenv("WATCHDOG_USEC", "200000", 1);
  CHECK(ServiceManager().watchdog_us() == 0);  // nobody would hear it
}

}  // namespace
}  // namespace switchboard::test
