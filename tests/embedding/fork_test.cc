// The program around the server forks while it serves, and the child does not execute anything: it
// keeps a copy of every descriptor.

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/embedding/child.h"
#include "tests/embedding/running.h"
#include "tests/support/client.h"
#include "tests/support/files.h"

namespace switchboard::test {
namespace {

// Each service at a TCP and at a unix socket.
struct Serving {
  explicit Serving(const Options& options = Quiet({})) : running(At(folder, options)) {}
  static Options At(const TempFolder& folder, Options options) {
    options.listen = {{"127.0.0.1:0"},
                      {"unix:" + folder / "echo"},
                      {"127.0.0.1:0", "daytime"},
                      {"unix:" + folder / "daytime", "daytime"}};
    return options;
  }

  TempFolder folder;
  Running running;
};

constexpr size_t kTcp = 0, kUnix = 1, kTcpDaytime = 2, kUnixDaytime = 3;

TEST_CASE("ACallerWhoHalfClosesGetsItsEndOfStream") {
  Serving at;
  Client tcp(at.running.Address(kTcp)), local(at.running.Address(kUnix));
  REQUIRE(tcp.Echo("hello") == "hello");
  REQUIRE(local.Echo("hello") == "hello");
  const Child child;
  CHECK(tcp.EchoAndHalfClose("the last words") == "the last words");
  CHECK(tcp.end() == End::kEof);
  CHECK(local.EchoAndHalfClose("the last words") == "the last words");
  CHECK(local.end() == End::kEof);
  // A caller who came after the fork.
  Client late(at.running.Address(kTcp));
  CHECK(late.EchoAndHalfClose("hello") == "hello");
}

TEST_CASE("ACallerOnWhomTheServerHangsUpGetsItsEndOfStream") {
  Serving at;
  Client silent_tcp(at.running.Address(kTcp)), silent_local(at.running.Address(kUnix));
  REQUIRE(silent_tcp.Echo("hello") == "hello");
  REQUIRE(silent_local.Echo("hello") == "hello");
  const Child child;
  for (const size_t daytime : {kTcpDaytime, kUnixDaytime}) {
    Client told(at.running.Address(daytime));
    CHECK(told.ReceiveUntilEof() != "");
    CHECK(told.end() == End::kEof);
  }
  at.running.Stop();
  for (Client* const silent : {&silent_tcp, &silent_local}) {
    CHECK(silent->ReceiveUntilEof() == "");
    CHECK(silent->end() == End::kEof);
  }
}

TEST_CASE("AnIdleCallerGetsItsEndOfStream") {
  Options options = Quiet({});
  options.idle_timeout_ms = 500;
  Serving at(options);
  Client tcp(at.running.Address(kTcp)), local(at.running.Address(kUnix));
  const Child child;
  for (Client* const idle : {&tcp, &local}) {
    CHECK(idle->ReceiveUntilEof() == "");
    CHECK(idle->end() == End::kEof);
  }
}

// What the kernel still holds for such a caller is forgotten, as if no child held it too.
TEST_CASE("ACallerWhoDoesNotReadIsReset") {
  Options options = Quiet({});
  options.write_timeout_ms = 300;
  options.socket_buffer_bytes = 16 << 10;  // so that the reply cannot all be under way
  Serving at(options);
  Client tcp(at.running.Address(kTcp), 4096), local(at.running.Address(kUnix));
  const size_t said = tcp.SendSome(RandomBytes(16 << 20, 92));
  (void)local.SendSome(RandomBytes(16 << 20, 93));
  const Child child;
  REQUIRE(WaitFor(
      [&] { return at.running.server.GetStats().closed(CloseReason::kWriteTimeout) == 2; }));
  CHECK(tcp.ReceiveUntilEof().size() < said);
  CHECK(tcp.end() == End::kReset);
  (void)local.ReceiveUntilEof();
  CHECK(local.end() != End::kOpen);
}

TEST_CASE("WhatAClosedConnectionStillHearsIsNothing") {
  Serving at;
  std::vector<std::unique_ptr<Client>> before;
  for (int i = 0; i < 20; ++i) {
    before.push_back(std::make_unique<Client>(at.running.Address(i % 2)));
    REQUIRE(before.back()->Echo("hello") == "hello");
  }
  const Child child;
  for (auto& caller : before) caller->ShutdownWrite();
  REQUIRE(WaitFor([&] { return at.running.server.GetStats().active == 0; }));
  // Newcomers take the places and descriptors; those who have gone make events meanwhile.
  for (int i = 0; i < 20; ++i) {
    Client newcomer(at.running.Address(i % 2));
    before[static_cast<size_t>(i)]->Reset();
    REQUIRE(newcomer.Echo("undisturbed") == "undisturbed");
  }
  REQUIRE(WaitFor([&] { return at.running.server.GetStats().active == 0; }));
  at.running.Stop();
  const Stats stats = at.running.server.GetStats();
  CHECK(stats.closed(CloseReason::kPeer) == 40);
  CHECK(stats.bytes_in == stats.bytes_out);
}

TEST_CASE("NobodyIsLeftCallingAListenerThatIsClosed") {
  Serving at;
  const std::string address = at.running.Address(kTcp);
  const Child child;
  // The drain goes on for as long as this caller does not read, and others call meanwhile.
  Client slow(address, 4096);
  slow.SendSome(RandomBytes(16 << 20, 91));
  at.running.server.Stop();
  CHECK(WaitFor([&] { return IsRefused(address); }));
  for (int i = 0; i < 50; ++i) CHECK(IsRefused(address));
  slow.Reset();
  at.running.Stop();
  CHECK(IsRefused(address));
  CHECK(IsRefused(at.running.Address(kUnix)));
}

}  // namespace
}  // namespace switchboard::test
