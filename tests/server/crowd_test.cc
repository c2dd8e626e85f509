// Thousands of callers at once, each greeted and echoed, none refused.

#include <doctest/doctest.h>
#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

// The server, this program and what both need beside the connections.
constexpr int64_t kReserve = 200;

// The resident memory that a connection may cost while its caller is silent.
constexpr int64_t kIdleConnectionBytes = 256;

class Crowd {
 public:
  explicit Crowd(const std::string& address) : address_(address) {}

  // Everybody calls without waiting for anybody, until `size` are on the line or waiting.
  void GrowTo(size_t size) {
    while (callers_.size() < size) {
      callers_.push_back(std::make_unique<Client>(address_, 0, Source(callers_.size())));
    }
  }
  // How many are greeted, each given the usual patience.
  int64_t Greeted() {
    const std::string greeting = "hello from server\n";
    int64_t greeted = 0;
    for (size_t i = 0; i < callers_.size(); ++i) {
      greeted += callers_[i]->Receive(greeting.size()) == greeting;
    }
    return greeted;
  }
  // Whether the latest of them is greeted and echoed.
  bool LastIsServed() {
    return callers_.back()->Receive(18) == "hello from server\n" &&
           callers_.back()->Echo("hello") == "hello";
  }
  // How many get back what they say, when all speak before anybody listens.
  int64_t Echoed() {
    for (size_t i = 0; i < callers_.size(); ++i) callers_[i]->Send(Words(i));
    int64_t echoed = 0;
    for (size_t i = 0; i < callers_.size(); ++i) {
      echoed += callers_[i]->Receive(Words(i).size()) == Words(i);
    }
    return echoed;
  }
  // Resets, so that thousands of ports do not stay behind in TIME_WAIT.
  void Leave() {
    for (auto& caller : callers_) caller->Reset();
    callers_.clear();
  }

 private:
  // One address has 28,000 ports, and the kernel searches long for the last of them.
  static std::string Source(size_t i) { return "127.0.0." + std::to_string(2 + i / 5000) + ":0"; }
  static std::string Words(size_t i) { return "this is caller " + std::to_string(i); }

  const std::string address_;
  std::vector<std::unique_ptr<Client>> callers_;
};

void ServeACrowd(int64_t size) {
  if (RaiseOwnDescriptorLimit() < size + kReserve) {
    MESSAGE("left out: this machine allows too few descriptors for " << size << " callers");
    return;
  }
  ServerProcess server;
  Crowd crowd(server.Address());

  crowd.GrowTo(static_cast<size_t>(size));
  CHECK(crowd.Greeted() == size);
  CHECK(crowd.Echoed() == size);
  // The last replies may arrive before their workers have counted them.
  CHECK(WaitFor([&] { return server.Stats()["buffered"] == 0; }));
  const Fields stats = server.Stats();
  CHECK(stats["accepted"] == size);
  CHECK(stats["active"] == size);
  CHECK(stats["rejected"] == 0);
  CHECK(stats["accept_paused"] == 0);

  crowd.Leave();
  REQUIRE(server.Reaches("closed_reset", size));
  CHECK(server.Drain()["lost"] == 0);
}

TEST_CASE("GreetsAndEchoes10000CallersAtOnce") { ServeACrowd(10000); }

TEST_CASE("GreetsAndEchoes19000CallersAtOnce") { ServeACrowd(19000); }

// They come one after the other, so that the buffers of those who speak at the same time do not
// hide what the silent ones cost.
TEST_CASE("AnIdleConnectionCostsAtMost256Bytes") {
  constexpr int64_t kFew = 1000;
  constexpr int64_t kMany = 10000;
  if (kSanitized || RaiseOwnDescriptorLimit() < kMany + kReserve) {
    MESSAGE("left out: sanitizers keep memory of their own, or descriptors are too few");
    return;
  }
  ServerProcess server;
  Crowd crowd(server.Address());
  int64_t resident_kib = 0;
  for (int64_t size = 1; size <= kMany; ++size) {
    crowd.GrowTo(static_cast<size_t>(size));
    REQUIRE(crowd.LastIsServed());
    if (size == kFew) resident_kib = ResidentKib(server.pid());
  }
  const int64_t grown_bytes = (ResidentKib(server.pid()) - resident_kib) * 1024;
  CHECK(grown_bytes > 0);
  CHECK(grown_bytes / (kMany - kFew) <= kIdleConnectionBytes);
  crowd.Leave();
}

// Each has said so much that thousands of buffers were in use at once.
TEST_CASE("GivesBackTheMemoryOfThoseWhoHaveLeft") {
  if (kSanitized) {
    MESSAGE("left out: a sanitizer keeps memory of its own");
    return;
  }
  ServerProcess server({"--greeting", ""});
  Client stays(server.Address());
  REQUIRE(stays.Echo("here") == "here");
  const int64_t before_kib = ResidentKib(server.pid());
  const std::string words = RandomBytes(16 << 10, 71);
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < 5000; ++i) callers.push_back(std::make_unique<Client>(server.Address()));
  REQUIRE(server.Reaches("active", 5001));
  server.Signal(SIGSTOP);
  for (auto& caller : callers) REQUIRE(caller->SendSome(words) == words.size());
  server.Signal(SIGCONT);
  for (auto& caller : callers) REQUIRE(caller->Receive(words.size()) == words);
  CHECK(ResidentKib(server.pid()) - before_kib > 8 << 10);
  for (auto& caller : callers) caller->Reset();
  CHECK(WaitFor([&] { return ResidentKib(server.pid()) - before_kib < 2 << 10; }));
  CHECK(stays.Echo("still here") == "still here");
}

}  // namespace
}  // namespace switchboard::test
