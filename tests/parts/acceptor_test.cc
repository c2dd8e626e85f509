// When the acceptor of one of several processes asks for callers, and when it waits.

#include "src/accepting/acceptor.h"

#include <doctest/doctest.h>

#include <memory>
#include <utility>
#include <vector>

#include "src/linux/socket.h"
#include "tests/support/client.h"

namespace switchboard::test {
namespace {

using Claim = Colleagues::Claim;

// One other process, which does what a test says.
struct Other final : Colleagues {
  size_t number() const override { return 0; }
  size_t count() const override { return 2; }
  bool SpeaksForAll() const override { return true; }
  int64_t descriptors() const override { return 0; }
  int poke_fd() const override { return -1; }
  void TakePoke() override {}
  void PokeAll() override { ++pokes; }
  Claim ClaimLine() override {
    ++claims;
    return claim;
  }
  void UseLine() override {}
  bool GiveBackLine() override { return false; }
  bool FreeLine() override { return false; }
  bool LineIsFree() const override { return claim == Claim::kGranted; }
  bool LineMayBeFree() const override { return claim != Claim::kRefused; }
  int64_t MoreUntilShare() const override { return share; }
  bool HandOver() override { return true; }
  void Tell(bool, int64_t) override {}
  bool OthersHaveGuests() const override { return false; }
  bool AllStop() const override { return true; }

  Claim claim = Claim::kGranted;
  int64_t share = 64;
  int claims = 0, pokes = 0;
};

class Process final : Acceptor::Client {
 public:
  Process() { acceptor.Register(); }

  std::string address() const { return acceptor.listeners().front()->address().ToString(); }
  bool SomebodyWaits() const {
    return WaitFor([&] { return sys::MayHaveInput(acceptor.listeners().front()->fd()); });
  }
  // What a reactor does in the millisecond `now_ms`, but 100 rounds at most.
  void Pass(int64_t now_ms) {
    for (int round = 0; round < 100; ++round) {
      if (!acceptor.HasWork(now_ms) && acceptor.retry_due_ms() > now_ms) return;
      acceptor.AcceptPending(now_ms);
    }
  }

  Other other;
  std::vector<sys::Fd> callers;

 private:
  void Admit(sys::Fd fd, const Listener&, const Place&, const sys::Address&, bool) override {
    callers.push_back(std::move(fd));
  }
  std::vector<std::unique_ptr<Listener>> Listeners() {
    std::vector<std::unique_ptr<Listener>> listeners;
    listeners.push_back(std::make_unique<Listener>(sys::NumericAddress("127.0.0.1").value(), route_,
                                                   Listener::Settings{.backlog = 16,
                                                                      .socket_buffer_bytes = 0,
                                                                      .keepalive_seconds = 0,
                                                                      .unix_mode = -1,
                                                                      .dual_stack = false,
                                                                      .stays = false}));
    return listeners;
  }

  const Route route_{.service = nullptr, .traits = {}, .pool = nullptr};
  sys::Epoll epoll_;
  ReactorCounters counters_;
  Log log_{LogLevel::kError};

 public:
  Acceptor acceptor{{.lines = {.max_connections = 10,
                               .max_per_address = 0,
                               .when_full = WhenFull::kHold,
                               .colleagues = &other},
                     .proxy = {.trusted = {}, .timeout_ms = 1000}},
                    Listeners(),
                    *this,
                    epoll_,
                    counters_,
                    log_};
};

const EventSource kCall{.slot = 0, .kind = EventSource::Kind::kListener};

TEST_CASE("WhoClosesWaitsForAnothersClaim") {
  Process process;
  process.other.claim = Claim::kAwaited;
  const Client caller(process.address());
  REQUIRE(process.SomebodyWaits());
  process.acceptor.BeginClosing();
  for (int64_t now_ms = 1000; now_ms < 1100; ++now_ms) process.Pass(now_ms);
  CHECK(process.other.claims == 10);
  CHECK_FALSE(process.acceptor.closed());
  process.other.claim = Claim::kGranted;
  process.acceptor.HandlePoke();
  process.Pass(1100);
  CHECK(process.callers.size() == 1);
  CHECK(process.acceptor.closed());
}

TEST_CASE("WhoClosesHoldsCallersIfTheClaimWasUsed") {
  Process process;
  process.other.claim = Claim::kAwaited;
  const Client caller(process.address());
  REQUIRE(process.SomebodyWaits());
  process.acceptor.BeginClosing();
  process.Pass(1000);
  process.other.claim = Claim::kRefused;
  process.acceptor.HandlePoke();
  for (int64_t now_ms = 1001; now_ms < 1100; ++now_ms) process.Pass(now_ms);
  CHECK(process.other.claims == 2);
  CHECK_FALSE(process.acceptor.closed());
  process.other.claim = Claim::kGranted;
  process.acceptor.HandlePoke();
  process.acceptor.AcceptPending(1100);
  CHECK(process.callers.size() == 1);
}

TEST_CASE("WhoDoesNotCloseWaitsForAnothersClaimUntilItIsPoked") {
  Process process;
  process.other.claim = Claim::kAwaited;
  const Client caller(process.address());
  REQUIRE(process.SomebodyWaits());
  process.acceptor.HandleEvent(kCall);
  for (int64_t now_ms = 1000; now_ms < 1100; ++now_ms) process.Pass(now_ms);
  CHECK(process.other.claims == 1);
  process.other.claim = Claim::kGranted;
  process.acceptor.HandlePoke();
  process.Pass(1100);
  CHECK(process.callers.size() == 1);
}

TEST_CASE("WhomTheOtherDoesNotTakeInTimeIsTakenAndAllArePoked") {
  Process process;
  process.other.share = 0;
  const Client caller(process.address());
  REQUIRE(process.SomebodyWaits());
  process.acceptor.HandleEvent(kCall);
  process.Pass(1000);
  process.Pass(1009);
  CHECK(process.callers.empty());
  process.Pass(1010);
  CHECK(process.callers.size() == 1);
  CHECK(process.other.pokes == 1);
}

TEST_CASE("NobodyIsPokedIfTheOtherHasTakenWhoWaited") {
  Process process;
  process.other.share = 0;
  const Client caller(process.address());
  REQUIRE(process.SomebodyWaits());
  process.acceptor.HandleEvent(kCall);
  process.Pass(1000);
  const sys::Result taken = sys::Accept(process.acceptor.listeners().front()->fd());
  REQUIRE(taken);
  const sys::Fd taken_fd(static_cast<int>(taken.value));
  process.Pass(1010);
  CHECK(process.other.pokes == 0);
  CHECK(process.other.claims == 0);
  CHECK_FALSE(process.acceptor.HasWork(1011));
}

}  // namespace
}  // namespace switchboard::test
