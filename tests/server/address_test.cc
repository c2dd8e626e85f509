// Where the server can be reached: IPv4, IPv6, names, wildcards and unix sockets.

#include "src/linux/address.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "src/linux/fd.h"
#include "src/linux/socket.h"
#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

namespace fs = std::filesystem;

const std::string kGreeting = "hello from server\n";

bool HaveIpv6() {
  const sys::Fd fd(static_cast<int>(sys::StreamSocket(AF_INET6).value));
  const sys::Address loopback = sys::Resolve(sys::ParseEndpoint("[::1]:0")).front();
  return fd && sys::Bind(fd.get(), loopback);
}

std::string PortOf(const std::string& address) { return address.substr(address.rfind(':') + 1); }

void CheckServesAt(const std::string& address) {
  INFO("at " << address);
  Client caller(address);
  CHECK(caller.Receive(kGreeting.size()) == kGreeting);
  CHECK(caller.Echo("can you hear me?") == "can you hear me?");
}

TEST_CASE("ListensAtAnIpv4Address") {
  ServerProcess server({"--listen", "127.0.0.1:0"});
  REQUIRE(server.Addresses().size() == 1);
  CHECK(server.Address().starts_with("127.0.0.1:"));
  CHECK(PortOf(server.Address()) != "0");
  CheckServesAt(server.Address());
}

TEST_CASE("ListensAtAnIpv6Address") {
  if (!HaveIpv6()) {
    MESSAGE("left out: this machine has no IPv6");
    return;
  }
  ServerProcess server({"--listen", "[::1]:0"});
  CHECK(server.Address().starts_with("[::1]:"));
  CheckServesAt(server.Address());
  CHECK(IsRefused("127.0.0.1:" + PortOf(server.Address())));
}

TEST_CASE("ListensAtAHostName") {
  ServerProcess server({"--listen", "localhost:0"});
  CheckServesAt(server.Address());
}

TEST_CASE("APortAloneListensEverywhere") {
  ServerProcess server({"--listen=0"});
  const std::string port = PortOf(server.Address());
  const std::vector<std::string> addresses = server.Addresses();
  bool ipv6_seen = false;
  for (const std::string& address : addresses) {
    CHECK(PortOf(address) == port);
    const bool ipv6 = address.starts_with('[');
    CHECK((ipv6 || !ipv6_seen));  // IPv4 first
    ipv6_seen |= ipv6;
    const bool loopback = address.starts_with("127.") || address.starts_with("[::1]");
    CHECK((!loopback || addresses.size() <= 2));  // only if there is nothing else
    const bool wildcard = address.starts_with("0.0.0.0") || address.starts_with("[::]");
    CHECK_FALSE(wildcard);
    if (address.find('%') == std::string::npos) CheckServesAt(address);
  }
  CheckServesAt("127.0.0.1:" + port);
  CheckServesAt("127.0.0.77:" + port);
  if (HaveIpv6()) {
    CheckServesAt("[::1]:" + port);
    CheckServesAt("[::ffff:127.0.0.1]:" + port);
  }
}

TEST_CASE("ServesIpv4CallersMappedIntoIpv6") {
  if (!HaveIpv6()) {
    MESSAGE("left out: this machine has no IPv6");
    return;
  }
  ServerProcess server({"--listen", "127.0.0.1:0"});
  CheckServesAt("[::ffff:127.0.0.1]:" + PortOf(server.Address()));
}

TEST_CASE("ListensAtSeveralAddresses") {
  TempFolder folder;
  ServerProcess server({"-l", "127.0.0.1:0", "-l", "127.0.0.2:0", "-l", "unix:" + folder / "s"});
  REQUIRE(server.Addresses().size() == 3);
  for (const std::string& address : server.Addresses()) CheckServesAt(address);
  REQUIRE(server.Reaches("closed_peer", 3));
  CHECK(server.Drain()["accepted"] == 3);
}

TEST_CASE("ListensAtAUnixSocketAndRemovesItAtTheEnd") {
  TempFolder folder;
  const std::string path = folder / "echo.sock";
  ServerProcess server({"--listen", "unix:" + path, "--greeting", ""});
  CHECK(server.Address() == "unix:" + path);
  Client caller(server.Address());
  const std::string message = RandomBytes(4 << 20, 51);
  CHECK(Difference(message, caller.EchoAndHalfClose(message)) == "");
  REQUIRE(server.Reaches("closed_peer", 1));
  server.Drain();
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("TakesOverAStaleUnixSocket") {
  TempFolder folder;
  const std::string path = folder / "stale.sock";
  {
    const sys::Fd dead(static_cast<int>(sys::StreamSocket(AF_UNIX).value));
    REQUIRE(sys::Bind(dead.get(), sys::Address::Unix(path)));
  }
  REQUIRE(fs::is_socket(path));
  ServerProcess server({"--listen", "unix:" + path});
  CheckServesAt(server.Address());
}

TEST_CASE("TakesOverTheUnixSocketOfAServerThatWasKilled") {
  TempFolder folder;
  const std::string path = folder / "killed.sock";
  { ServerProcess killed({"--listen", "unix:" + path}); }
  REQUIRE(fs::is_socket(path));
  ServerProcess server({"--listen", "unix:" + path});
  CheckServesAt(server.Address());
}

TEST_CASE("LeavesTheUnixSocketOfALivingServerAlone") {
  TempFolder folder;
  const std::string path = folder / "living.sock";
  ServerProcess living({"--listen", "unix:" + path});
  const Finished second = RunToEnd({"--listen", "unix:" + path});
  CHECK(second.status == 1);
  CHECK(second.err.find(path) != std::string::npos);
  CheckServesAt(living.Address());
  CHECK(fs::is_socket(path));
}

TEST_CASE("LeavesAFileThatIsNoSocketAlone") {
  TempFolder folder;
  const std::string path = folder / "precious.txt";
  std::ofstream(path) << "precious";
  const Finished run = RunToEnd({"--listen", "unix:" + path});
  CHECK(run.status == 1);
  CHECK(run.err.find(path) != std::string::npos);
  CHECK(fs::is_regular_file(path));
  CHECK(fs::file_size(path) == 8);
}

TEST_CASE("ANewServerTakesThePortOfOneThatHasJustEnded") {
  std::string address;
  {
    ServerProcess server;
    address = server.Address();
    Client caller(address);
    REQUIRE(caller.Receive(kGreeting.size()) == kGreeting);
    server.Drain();  // the server hangs up first, so its side is left in TIME_WAIT
  }
  ServerProcess server({"--listen", address});
  CHECK(server.Address() == address);
  CheckServesAt(address);
}

}  // namespace
}  // namespace switchboard::test
