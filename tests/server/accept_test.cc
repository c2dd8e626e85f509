// An accept or a poll that fails for ever, as under a security module, neither spins nor leaves
// callers waiting who can be served.

#include <doctest/doctest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

const std::string kGreeting = "hello from server\n";

Spawn Under(std::vector<std::string> wrapper) {
  Spawn spawn;
  spawn.wrapper = std::move(wrapper);
  return spawn;
}

void CheckPausesWhenAcceptFails(int error, const std::string& reason) {
  CAPTURE(reason);
  // At the stop the callers on hold are waited for in vain.
  ServerProcess server({"--drain-timeout", "0.1"}, Under(Refusing(SYS_accept4, error)));
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < 3; ++i) callers.push_back(std::make_unique<Client>(server.Address()));
  REQUIRE(server.Reaches("accept_paused", 1));
  const int64_t cpu_ms = CpuMs(server.pid());
  std::this_thread::sleep_for(seconds(1));
  CHECK(CpuMs(server.pid()) - cpu_ms <= 50);  // 5 %

  const Fields stats = server.Stats();
  CHECK(stats["accept_paused"] == 1);
  CHECK(stats["accept_failed"] < 1000);
  CHECK(stats["accepted"] == 0);
  const std::vector<Fields> warnings = server.Logged("accept_paused");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings.front().Text("level") == "warn");
  CHECK(warnings.front().Text("reason") == reason);
  CHECK(warnings.front().Text("at") == server.Address());
  server.Drain();
}

TEST_CASE("PausesIfEveryAcceptIsForbidden") { CheckPausesWhenAcceptFails(EPERM, "EPERM"); }
TEST_CASE("PausesIfEveryCallerIsSaidToHaveGone") {
  CheckPausesWhenAcceptFails(ECONNABORTED, "ECONNABORTED");
}
TEST_CASE("PausesIfEveryAcceptIsInterrupted") { CheckPausesWhenAcceptFails(EINTR, "EINTR"); }
TEST_CASE("PausesIfTheListenerIsOutOfOrder") { CheckPausesWhenAcceptFails(EINVAL, "EINVAL"); }
TEST_CASE("AnErrorWithoutANameIsANumber") { CheckPausesWhenAcceptFails(3000, "3000"); }

// The first socket of a server that has no caller: its first listener.
int FirstListener(const ServerProcess& server) {
  const std::string folder = "/proc/" + std::to_string(server.pid()) + "/fd/";
  for (int fd = 3; fd < 100; ++fd) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(folder + std::to_string(fd), gone);
    if (target.string().starts_with("socket:")) return fd;
  }
  return -1;
}

TEST_CASE("APausedListenerDoesNotHoldUpAnother") {
  const std::vector<std::string> listen = {"-l", "127.0.0.1:0", "-l", "127.0.0.2:0"};
  const int fd = FirstListener(ServerProcess(listen));
  REQUIRE(fd > 0);
  ServerProcess server(listen, Under(Refusing(SYS_accept4, EPERM, 0, fd)));
  Client refused(server.Address(0));
  REQUIRE(server.Reaches("accept_paused", 1));
  constexpr int kCallers = 50;
  for (int i = 0; i < kCallers; ++i) {
    Client caller(server.Address(1));
    REQUIRE(caller.Receive(kGreeting.size()) == kGreeting);
  }
  const Fields stats = server.Stats();
  CHECK(stats["accepted"] == kCallers);
  CHECK(stats["accept_paused"] == 1);
}

TEST_CASE("AFailingPollLeavesNobodyOnHold") {
  for (const int error : {EPERM, EINTR}) {
    CAPTURE(error);
    ServerProcess server({"--max-connections", "1"}, Under(Refusing(SYS_poll, error)));
    Client first(server.Address());
    REQUIRE(first.Receive(kGreeting.size()) == kGreeting);
    Client held(server.Address());
    REQUIRE(server.Reaches("held", 1));
    first.Close();
    CHECK(held.Receive(kGreeting.size()) == kGreeting);
  }
}

TEST_CASE("AFailingPollLeavesNobodyWaitingForADescriptor") {
  ServerProcess server({"--max-connections", "500"}, Under(Refusing(SYS_poll, EPERM)));
  Client first(server.Address());
  REQUIRE(first.Receive(kGreeting.size()) == kGreeting);
  server.Stats();  // what a sanitizer opens, it has opened by now
  LimitDescriptors(server.pid(), NextDescriptor(server.pid()), 1024);
  Client waiting(server.Address());
  REQUIRE(server.Reaches("accept_paused", 1));
  LimitDescriptors(server.pid(), 1024, 1024);
  CHECK(waiting.Receive(kGreeting.size()) == kGreeting);
}

}  // namespace
}  // namespace switchboard::test
