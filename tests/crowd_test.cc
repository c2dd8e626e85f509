// Thousands of callers at once, each greeted and echoed, none refused.

#include <doctest/doctest.h>

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
    while (callers_.size() < size) callers_.push_back(std::make_unique<Client>(address_));
  }
  // How many of those from `first` on have been greeted, each given the usual patience.
  int64_t Greeted(size_t first) {
    const std::string greeting = "hello from server\n";
    int64_t greeted = 0;
    for (size_t i = first; i < callers_.size(); ++i) {
      greeted += callers_[i]->Receive(greeting.size()) == greeting;
    }
    return greeted;
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

  crowd.GrowTo(1000);
  CHECK(crowd.Greeted(0) == 1000);
  CHECK(crowd.Echoed() == 1000);
  const int64_t resident_kib = ResidentKib(server.pid());

  crowd.GrowTo(static_cast<size_t>(size));
  CHECK(crowd.Greeted(1000) == size - 1000);
  CHECK(crowd.Echoed() == size);
  const Fields stats = server.Stats();
  CHECK(stats["accepted"] == size);
  CHECK(stats["active"] == size);
  CHECK(stats["rejected"] == 0);
  CHECK(stats["accept_paused"] == 0);
  CHECK(stats["buffered"] == 0);
  if (!kSanitized) {
    const int64_t grown_bytes = (ResidentKib(server.pid()) - resident_kib) * 1024;
    CHECK(grown_bytes / (size - 1000) <= kIdleConnectionBytes);
  }

  crowd.Leave();
  REQUIRE(server.Reaches("closed_reset", size));
  CHECK(server.Drain()["lost"] == 0);
}

TEST_CASE("GreetsAndEchoes10000CallersAtOnce") { ServeACrowd(10000); }

TEST_CASE("GreetsAndEchoes19000CallersAtOnce") { ServeACrowd(19000); }

}  // namespace
}  // namespace switchboard::test
