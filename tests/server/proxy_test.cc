// Behind a proxy: its header says who calls, and nobody else may.

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/proc.h"
#include "tests/support/proxy_headers.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

const std::string kGreeting = "hello from server\n";
const std::string kCheck = BinaryHeader(0x20, 0x00, "");

std::string Text(const std::string& host) {
  return "PROXY TCP4 " + host + " 198.51.100.1 4711 8000\r\n";
}

ServerProcess::Options Proxied(ServerProcess::Options more = {}) {
  ServerProcess::Options options = {"--listen", "127.0.0.1:0=echo,proxy", "--proxy-from",
                                    "127.0.0.0/8"};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

// `pieces`, one send each, are answered as the header that they make up asks for.
void CheckCall(const ServerProcess& server, const SampleHeader& sample,
               const std::vector<std::string>& pieces) {
  Client caller(server.Address());
  for (const std::string& piece : pieces) caller.Send(piece);
  if (sample.is == SampleHeader::Is::kMalformed) {
    CHECK(caller.ReceiveUntilEof() == "");
    // A send may have met the reset, and taken it from what receives.
    if (pieces.size() == 1) CHECK(caller.end() == End::kReset);
    CHECK(caller.end() != End::kOpen);
    return;
  }
  CHECK(caller.Receive(kGreeting.size()) == kGreeting);
  CHECK(caller.Echo("hello") == "hello");
}

std::vector<std::string> ByteByByte(const std::string& bytes) {
  std::vector<std::string> pieces;
  for (const char byte : bytes) pieces.emplace_back(1, byte);
  return pieces;
}

TEST_CASE("ServesWhomAProxyAnnounces") {
  ServerProcess server(Proxied({"--log-level", "debug"}));
  int64_t malformed = 0, checks = 0, callers = 0;
  for (const SampleHeader& sample : SampleHeaders()) {
    CAPTURE(sample.name);
    CheckCall(server, sample, {sample.bytes});
    const bool is_check = sample.is == SampleHeader::Is::kCheck;
    const bool is_malformed = sample.is == SampleHeader::Is::kMalformed;
    malformed += is_malformed;
    checks += is_check;
    callers += !is_check && !is_malformed;
    if (sample.caller.empty()) continue;
    CHECK(WaitFor([&] {
      return std::ranges::any_of(server.Logged("closed"), [&](const Fields& line) {
        return line.Text("peer") == sample.caller;
      });
    }));
  }
  const Fields stats = server.Drain();
  CHECK(stats["proxy_malformed"] == malformed);
  CHECK(stats["checks"] == checks);
  CHECK(stats["accepted"] == callers);
  CHECK(stats["proxy_v1"] + stats["proxy_v2"] + stats["proxy_unknown"] == callers);
  CHECK(stats["bytes_in"] == 5 * (callers + checks));
}

// The kernel may still put pieces together; the unit test leaves none out.
TEST_CASE("AHeaderMayComeInPieces") {
  ServerProcess server(Proxied());
  for (const SampleHeader& sample : SampleHeaders()) {
    if (sample.bytes.size() > 250) continue;
    CAPTURE(sample.name);
    CheckCall(server, sample, ByteByByte(sample.bytes));
  }
  server.Drain();
}

TEST_CASE("WhatFollowsAHeaderIsTheFirstRead") {
  ServerProcess server(Proxied({"--trace"}));
  for (const std::string& header : {Text("192.0.2.9"), BinaryHeader(0x21, 0x11, kIpv4Block)}) {
    Client caller(server.Address());
    const std::string said = "it follows" + header;
    caller.Send(header + said);
    CHECK(caller.Receive(kGreeting.size() + said.size()) == kGreeting + said);
    caller.Close();
  }
  const Fields stats = server.Drain();
  CHECK(stats["reads"] == 2);
  CHECK(server.Out().find("192.0.2.9:4711 says \"it follows") != std::string::npos);
}

TEST_CASE("SaysNothingBeforeTheHeaderIsWhole") {
  ServerProcess server(Proxied({"--proxy-timeout", "60"}));
  Client caller(server.Address());
  const std::string header = Text("192.0.2.9");
  caller.Send(header.substr(0, header.size() - 1));
  // Another is served meanwhile, which takes longer than a greeting that came too early.
  Client other(server.Address());
  other.Send(header);
  CHECK(other.Receive(kGreeting.size()) == kGreeting);
  CHECK(caller.ReceiveSome() == "");
  CHECK(server.Stats()["accepted"] == 1);
  caller.Send("\n");
  CHECK(caller.Receive(kGreeting.size()) == kGreeting);
  caller.Close();
  other.Close();
  server.Drain();
}

TEST_CASE("AHeaderThatDripsIsCutOff") {
  ServerProcess server(Proxied({"--proxy-timeout", "3"}));
  Client caller(server.Address());
  const Clock::time_point began = Clock::now();
  const std::string header = "PROXY UNKNOWN " + std::string(90, 'x');
  size_t at = 0;
  CHECK(WaitFor([&] {
    if (at < header.size() && caller.Send(header.substr(at, 1)) == 1) ++at;
    std::this_thread::sleep_for(milliseconds(50));
    (void)caller.ReceiveSome();
    return caller.end() != End::kOpen;
  }));
  CHECK(Clock::now() - began >= milliseconds(2990));
  CHECK(server.Logged("proxy_refused").front().Text("reason") == "timeout");
  CHECK(server.Drain()["proxy_timeout"] == 1);
}

TEST_CASE("BelievesNobodyElse") {
  ServerProcess server(
      {"--listen", "127.0.0.1:0=echo,proxy", "--proxy-from", "127.0.0.2,10.0.0.0/8"});
  Client stranger(server.Address());
  stranger.Send(Text("192.0.2.9"));
  CHECK(stranger.ReceiveUntilEof() == "");
  Client proxy(server.Address(), 0, "127.0.0.2:0");
  proxy.Send(Text("192.0.2.9"));
  CHECK(proxy.Receive(kGreeting.size()) == kGreeting);
  proxy.Close();
  CHECK(server.Logged("proxy_refused").front().Text("reason") == "untrusted");
  CHECK(server.Logged("proxy_refused").front().Text("peer").starts_with("127.0.0.1:"));
  const Fields stats = server.Drain();
  CHECK(stats["proxy_untrusted"] == 1);
  CHECK(stats["accepted"] == 1);
}

TEST_CASE("AProxyMayCallOverAUnixSocket") {
  const TempFolder folder;
  const std::string address = "unix:" + folder / "s";
  ServerProcess server({"--listen", address + "=echo,proxy", "--proxy-from", "unix"});
  CheckCall(server, SampleHeaders().front(), {SampleHeaders().front().bytes});
  server.Drain();
}

TEST_CASE("LimitsPerAddressAreTheCallersOwn") {
  ServerProcess server(Proxied({"--max-per-address", "2"}));
  std::vector<std::unique_ptr<Client>> callers;
  const auto call = [&](const std::string& host) {
    callers.push_back(std::make_unique<Client>(server.Address()));
    callers.back()->Send(Text(host));
    return callers.back()->Receive(5);
  };
  CHECK(call("192.0.2.9") == "hello");
  CHECK(call("192.0.2.9") == "hello");
  CHECK(call("192.0.2.9") == "busy\n");
  CHECK(call("192.0.2.10") == "hello");
  CHECK(server.Logged("rejected").front().Text("peer") == "192.0.2.9:4711");
  callers.clear();
  CHECK(server.Drain()["rejected_by_address"] == 1);
}

TEST_CASE("AnswersAProxysChecksAtTheLimit") {
  ServerProcess server(Proxied({"--max-connections", "1"}));
  Client first(server.Address());
  first.Send(Text("192.0.2.9"));
  REQUIRE(first.Receive(kGreeting.size()) == kGreeting);
  Client second(server.Address());
  second.Send(Text("192.0.2.10"));
  REQUIRE(server.Reaches("held", 1));
  for (int i = 1; i <= 3; ++i) {
    Client check(server.Address());
    check.Send(kCheck);
    CHECK(check.Receive(kGreeting.size()) == kGreeting);
    CHECK(check.Echo("up?") == "up?");
  }
  CHECK(second.ReceiveSome() == "");
  CHECK(server.Stats()["accepted"] == 1);
  first.Close();
  CHECK(second.Receive(kGreeting.size()) == kGreeting);
  second.Close();
  const Fields stats = server.Drain();
  CHECK(stats["accepted"] == 2);
  CHECK(stats["checks"] == 3);
  CHECK(stats["bytes_out"] == 9);
  CHECK(stats["rejected"] == 0);
}

// So many that they do not all find room in the anteroom: the last are told, as a check would have
// to wait behind them.
TEST_CASE("ACrowdBehindAProxyDoesNotHoldUpItsChecks") {
  ServerProcess server(Proxied({"--max-connections", "1"}));
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < 400; ++i) {
    callers.push_back(std::make_unique<Client>(server.Address()));
    callers.back()->Send(Text("192.0.2.9"));
  }
  REQUIRE(server.Reaches("proxy_v1", 400));
  Client check(server.Address());
  check.Send(kCheck);
  CHECK(check.Receive(kGreeting.size()) == kGreeting);
  const Fields stats = server.Stats();
  CHECK(stats["rejected"] > 0);
  CHECK(stats["accepted"] == 1);
  check.Close();
  callers.clear();
  server.Drain();
}

TEST_CASE("SaysBusyToWhomAProxyAnnounces") {
  ServerProcess server(Proxied({"--max-connections", "1", "--when-full", "busy"}));
  Client first(server.Address()), second(server.Address());
  first.Send(Text("192.0.2.9"));
  REQUIRE(first.Receive(kGreeting.size()) == kGreeting);
  second.Send(Text("192.0.2.10"));
  CHECK(second.ReceiveUntilEof() == "busy\n");
  first.Close();
  CHECK(server.Drain()["rejected"] == 1);
}

TEST_CASE("WhoConnectsAndLeavesIsACheck") {
  ServerProcess server(Proxied());
  for (int i = 0; i < 3; ++i) Client caller(server.Address());
  Client reset(server.Address());
  REQUIRE(reset.WaitConnected());
  reset.Reset();
  CHECK(server.Reaches("checks", 4));
  Client cut(server.Address());
  cut.Send("PROXY ");
  cut.ShutdownWrite();
  CHECK(cut.ReceiveUntilEof() == "");
  const Fields stats = server.Drain();
  CHECK(stats["accepted"] == 0);
  CHECK(stats["checks"] == 4);
  CHECK(stats["proxy_malformed"] == 1);
}

TEST_CASE("AStopAnswersWhoWasAnnouncedAndEndsTheOthers") {
  ServerProcess server(Proxied({"--proxy-timeout", "60", "--max-connections", "1"}));
  Client first(server.Address()), held(server.Address()), begun(server.Address());
  first.Send(Text("192.0.2.9"));
  REQUIRE(first.Receive(kGreeting.size()) == kGreeting);
  held.Send(Text("192.0.2.10"));
  REQUIRE(server.Reaches("held", 1));
  begun.Send("PROXY ");
  server.Signal(SIGTERM);
  CHECK(first.ReceiveUntilEof() == "");
  CHECK(held.ReceiveUntilEof() == kGreeting);  // as soon as there was a place
  CHECK(begun.ReceiveUntilEof() == "");
  CHECK(server.WaitForExit() == 0);
}

TEST_CASE("AThousandCallersBehindAProxyLeaveNothing") {
  ServerProcess server(Proxied());
  const int64_t before = DescriptorCount(server.pid());
  for (int round = 0; round < 10; ++round) {
    std::vector<std::unique_ptr<Client>> callers;
    for (int i = 0; i < 100; ++i) {
      callers.push_back(std::make_unique<Client>(server.Address()));
      callers.back()->Send(i % 3 == 0 ? "PROXY " : Text("192.0.2.9"));
    }
    for (auto& caller : callers) caller->Reset();
  }
  REQUIRE(WaitFor([&] { return server.Stats()["active"] == 0; }));
  CHECK(WaitFor([&] { return DescriptorCount(server.pid()) == before; }));
  server.Drain();
}

TEST_CASE("RefusesAProxyThatNobodyNames") {
  const auto refused = [](const ServerProcess::Options& options, const std::string& word) {
    const Finished run = RunToEnd(options);
    CHECK(run.status == 2);
    CHECK_MESSAGE(run.err.find(word) != std::string::npos, run.err);
    CHECK(SplitLines(run.err).size() == 1);
  };
  refused({"--listen", "127.0.0.1:0=echo,proxy"}, "--proxy-from");
  refused({"--listen", "127.0.0.1:0", "--proxy-from", "10.0.0.0/8"}, "--listen");
  refused({"--listen", "127.0.0.1:0=,proxy", "--proxy-from", "10.0.0.0/8"}, "no service");
  refused({"--listen", "127.0.0.1:0=echo,proxi", "--proxy-from", "10.0.0.0/8"}, "only ',proxy'");
  refused({"--proxy-from", "10.0.0.1/8"}, "10.0.0.1/8");
  refused({"--proxy-from", "10.0.0.0/8,,unix"}, "''");
  refused({"--proxy-timeout", "2.9"}, "3 seconds");
}

}  // namespace
}  // namespace switchboard::test
