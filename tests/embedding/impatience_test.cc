// Callers who hang up with a reset before their turn has come: no worker works for them.

#include <doctest/doctest.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "tests/embedding/running.h"
#include "tests/support/client.h"

namespace switchboard::test {
namespace {

constexpr int kImpatient = 8;

// Keeps its first caller until it is told not to, and counts whom it serves.
class SlowToBegin : public Service {
 public:
  explicit SlowToBegin(bool speaks_first = false) : speaks_first_(speaks_first) {}

  Traits traits() const override { return {.speaks_first = speaks_first_}; }
  Next OnOpen(Call&) override {
    const std::lock_guard lock(mutex_);
    ++opened_;
    return Next::kRead;
  }
  Next OnRead(Call&) override {
    std::unique_lock lock(mutex_);
    ++served_;
    changed_.notify_all();
    // The deadline is for a test that fails before it comes to release.
    changed_.wait_for(lock, kPatience, [this] { return released_; });
    return Next::kRead;
  }
  void OnClose(uint64_t) override {
    const std::lock_guard lock(mutex_);
    ++closed_;
  }

  void AwaitFirst() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kPatience, [&] { return served_ > 0; }));
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }
  int served() { return Locked(served_); }
  int opened() { return Locked(opened_); }
  int closed() { return Locked(closed_); }

 private:
  int Locked(const int& number) {
    const std::lock_guard lock(mutex_);
    return number;
  }

  const bool speaks_first_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int served_ = 0, opened_ = 0, closed_ = 0;
  bool released_ = false;
};

// One worker, which a first caller keeps.
struct Busy {
  explicit Busy(bool speaks_first = false)
      : service(std::make_shared<SlowToBegin>(speaks_first)),
        running(OneWorker(), {{"slow", service}}),
        first(running.Address()) {
    REQUIRE(first.Send("first") == 5);
    service->AwaitFirst();
  }

  static Options OneWorker() {
    Options options = Quiet({{"127.0.0.1:0", "slow"}});
    options.workers = 1;
    return options;
  }
  Stats Now() { return running.server.GetStats(); }
  bool HasRead(uint64_t reads) {
    return WaitFor([&] { return Now().reads >= reads; });
  }

  std::shared_ptr<SlowToBegin> service;
  Running running;
  Client first;
};

TEST_CASE("NobodyIsServedWhoHasHungUpWithAReset") {
  Busy busy;
  std::deque<Client> impatient;
  for (int i = 0; i < kImpatient; ++i) {
    impatient.emplace_back(busy.running.Address());
    REQUIRE(impatient.back().Send("hello") == 5);
  }
  REQUIRE(busy.HasRead(1 + kImpatient));
  for (Client& caller : impatient) caller.Reset();
  // What the kernel reports comes in its order: when this is read, the resets have been seen.
  Client next(busy.running.Address());
  REQUIRE(next.Send("next") == 4);
  REQUIRE(busy.HasRead(1 + kImpatient + 1));
  busy.service->Release();
  CHECK(next.Receive(4) == "next");
  CHECK(busy.first.Receive(5) == "first");
  busy.running.Stop();
  CHECK(busy.service->served() == 2);
  CHECK(busy.service->closed() == 2 + kImpatient);
  const Stats stats = busy.Now();
  CHECK(stats.skipped == kImpatient);
  CHECK(stats.closed(CloseReason::kReset) == kImpatient);
  CHECK(stats.bytes_in == 5 + 4 + 5 * kImpatient);
  CHECK(stats.bytes_out == 5 + 4);
  CHECK(stats.bytes_lost == 5 * kImpatient);
  CHECK(stats.bytes_discarded + stats.bytes_buffered == 0);
}

TEST_CASE("WhoHasHalfClosedWaitsForItsEcho") {
  Busy busy;
  std::deque<Client> callers;
  for (int i = 0; i < kImpatient; ++i) {
    callers.emplace_back(busy.running.Address());
    REQUIRE(callers.back().Send("hello") == 5);
    callers.back().ShutdownWrite();
  }
  REQUIRE(busy.HasRead(1 + kImpatient));
  busy.service->Release();
  for (Client& caller : callers) CHECK(caller.ReceiveUntilEof() == "hello");
  busy.running.Stop();
  CHECK(busy.service->served() == 1 + kImpatient);
  CHECK(busy.Now().skipped == 0);
}

// Half-closed first, and then reset: that is a broken pipe to the kernel, and a reset all the same.
TEST_CASE("AResetAfterAHalfCloseIsAReset") {
  Busy busy;
  Client impatient(busy.running.Address());
  REQUIRE(impatient.Send("hello") == 5);
  impatient.ShutdownWrite();
  REQUIRE(busy.HasRead(2));
  impatient.Reset();
  Client next(busy.running.Address());
  REQUIRE(next.Send("next") == 4);
  REQUIRE(busy.HasRead(3));
  busy.service->Release();
  CHECK(next.Receive(4) == "next");
  busy.running.Stop();
  CHECK(busy.service->served() == 2);
  CHECK(busy.Now().skipped == 1);
  CHECK(busy.Now().closed(CloseReason::kReset) == 1);
}

TEST_CASE("AServiceHearsOfTheBeginningOfEachCallWhoseEndItHears") {
  Busy busy(true);
  for (int i = 0; i < kImpatient; ++i) {
    Client impatient(busy.running.Address());
    REQUIRE(impatient.WaitConnected());
    REQUIRE(WaitFor([&] { return busy.Now().accepted == static_cast<uint64_t>(2 + i); }));
    impatient.Reset();
  }
  busy.service->Release();
  CHECK(busy.first.Receive(5) == "first");
  busy.running.Stop();
  CHECK(busy.service->opened() == 1 + kImpatient);
  CHECK(busy.service->closed() == 1 + kImpatient);
  CHECK(busy.Now().skipped == 0);
}

}  // namespace
}  // namespace switchboard::test
