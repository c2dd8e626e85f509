// A caller who does not read its echo costs a bounded amount of memory, holds up nobody, and is
// hung up on in the end; one who reads slowly is not.

#include <doctest/doctest.h>
#include <poll.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "src/linux/socket.h"
#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

constexpr int64_t kReadBufferBytes = 64 << 10;

// Sends until nothing has found room for a while: every buffer on the way and back is full.
size_t SendUntilStuck(Client& client, size_t limit) {
  const std::string block = RandomBytes(1 << 20, 11);
  size_t sent = 0;
  while (sent < limit) {
    const size_t now = client.Send(block, milliseconds(500));
    sent += now;
    if (now < block.size()) break;
  }
  return sent;
}

TEST_CASE("BoundsTheMemoryOfCallersWhoNeverRead") {
  constexpr int kCallers = 8;
  constexpr size_t kFlood = 256 << 20;
  ServerProcess server({"--greeting", "", "--workers", "2", "--read-buffer", "65536"});
  Client bystander(server.Address());
  REQUIRE(bystander.Echo("before") == "before");
  const int64_t resident_kib = ResidentKib(server.pid());

  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.push_back(std::make_unique<Client>(server.Address()));
    CHECK(SendUntilStuck(*callers.back(), kFlood) < kFlood);
  }

  const Fields stats = server.Stats();
  CHECK(stats["buffered"] > 0);
  CHECK(stats["buffered"] <= kCallers * kReadBufferBytes);
  if (!kSanitized) {
    // A buffer for each of them, and as much again for what else a server keeps.
    CHECK(ResidentKib(server.pid()) - resident_kib < 2 * kCallers * kReadBufferBytes / 1024);
  }
  const std::string message = RandomBytes(1 << 20, 12);
  CHECK(Difference(message, bystander.Echo(message)) == "");

  for (auto& caller : callers) caller->Reset();
  CHECK(server.Reaches("closed_reset", kCallers));
  bystander.Close();
  REQUIRE(server.Reaches("closed_peer", 1));
  CHECK(server.Drain()["lost"] > 0);
}

TEST_CASE("SocketBufferBoundsWhatTheKernelHolds") {
  ServerProcess server({"--greeting", "", "--socket-buffer", "16384"});
  Client caller(server.Address(), 4096);
  SendUntilStuck(caller, 64 << 20);
  // What the server has taken in lies in its buffer, its send buffer and the caller's receive
  // buffer; the kernel may double what it is asked for.
  CHECK(server.Stats()["bytes_in"] <= kReadBufferBytes + 4 * 16384 + 4 * 4096);
  CHECK(server.Stats()["bytes_in"] > 0);
}

TEST_CASE("HangsUpOnACallerWhoDoesNotRead") {
  ServerProcess server({"--greeting", "", "--write-timeout", "1"});
  Client bystander(server.Address());
  Client caller(server.Address());
  REQUIRE(bystander.Echo("before") == "before");
  SendUntilStuck(caller, 256 << 20);

  CHECK(server.Reaches("closed_write_timeout", 1));
  const std::vector<Fields> warnings = server.Logged("write_timeout");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings.front().Text("level") == "warn");
  CHECK(server.Stats()["buffered"] == 0);
  CHECK(server.Stats()["active"] == 1);
  caller.ReceiveUntilEof();
  CHECK(caller.end() != End::kOpen);

  CHECK(bystander.Echo("after") == "after");
  bystander.Close();
  REQUIRE(server.Reaches("closed_peer", 1));
  const Fields books = server.Drain();
  CHECK(books["closed_write_timeout"] == 1);
  CHECK(books["lost"] > 0);
}

// The service talks by itself, so that the server reads what its caller says.
TEST_CASE("HangsUpOnACallerWhoTalksAndDoesNotRead") {
  ServerProcess server({"--listen", "127.0.0.1:0=chargen", "--write-timeout", "1"});
  Client caller(server.Address(), 4096);
  CHECK(WaitFor([&] {
    (void)caller.SendSome("?");
    std::this_thread::sleep_for(milliseconds(20));  // several times between two looks at it
    return !server.Logged("write_timeout").empty();
  }));
  const Fields books = server.Drain();
  CHECK(books["closed_write_timeout"] == 1);
  CHECK(books["bytes_in"] > 0);
}

// Without a write timeout it is the idle timeout that such a caller must keep to, and it is not
// idle.
TEST_CASE("WithoutAWriteTimeoutWhoTalksIsNotIdle") {
  ServerProcess server(
      {"--listen", "127.0.0.1:0=chargen", "--write-timeout", "0", "--idle-timeout", "2"});
  Client caller(server.Address(), 4096);
  const Deadline longer_than_that(seconds(3));
  while (!longer_than_that.Passed()) {
    REQUIRE(caller.SendSome("?") == 1);
    std::this_thread::sleep_for(milliseconds(20));
  }
  CHECK(server.Stats()["closed_idle"] == 0);
  caller.Reset();
}

// What the kernel still moved when the deadline had been set does not count as a new period.
TEST_CASE("AWriteTimeoutIsNotDoubled") {
  ServerProcess server({"--greeting", "", "--write-timeout", "6"});
  Client caller(server.Address());
  SendUntilStuck(caller, 256 << 20);
  CHECK(server.Reaches("closed_write_timeout", 1, seconds(9)));
  const Fields books = server.Drain();
  // What the caller's host has taken has been sent, and nothing else.
  CHECK(books["bytes_out"] <= sys::UnreadBytes(caller.fd()).value);
  CHECK(books["bytes_out"] > 0);
  CHECK(books["lost"] > 0);
}

TEST_CASE("WriteTimeoutOf0NeverHangsUp") {
  ServerProcess server({"--greeting", "", "--write-timeout", "0", "--socket-buffer", "16384"});
  Client caller(server.Address(), 4096);
  const std::string message = RandomBytes(1 << 20, 13);
  const size_t sent = caller.SendSome(message);
  REQUIRE(server.Reaches("buffered", 1));
  CHECK_FALSE(server.Reaches("closed_write_timeout", 1, seconds(2)));
  CHECK(Difference(message.substr(0, sent), caller.Receive(sent)) == "");
}

// Takes several times the time-out in all, and is never without progress for as long as that.
TEST_CASE("KeepsACallerWhoReadsSlowly") {
  ServerProcess server({"--greeting", "", "--write-timeout", "2", "--socket-buffer", "16384"});
  Client caller(server.Address(), 4096);
  const std::string message = RandomBytes(4 << 20, 14);
  std::string received;
  size_t sent = 0;
  const Deadline slow_part(seconds(6));
  while (!slow_part.Passed() && caller.end() == End::kOpen) {
    sent += caller.SendSome(std::string_view(message).substr(sent));
    std::this_thread::sleep_for(milliseconds(100));  // this is what makes it slow
    received += caller.Receive(4096, milliseconds(1));
  }
  CHECK(caller.end() == End::kOpen);
  CHECK(server.Stats()["closed_write_timeout"] == 0);
  REQUIRE(sent > received.size());
  received += caller.Receive(sent - received.size());
  CHECK(Difference(message.substr(0, sent), received) == "");
}

}  // namespace
}  // namespace switchboard::test
