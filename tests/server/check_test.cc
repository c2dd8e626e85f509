// --check: whether somebody echoes at an address.

#include <doctest/doctest.h>

#include <string>

#include "src/linux/address.h"
#include "src/linux/socket.h"
#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

void CheckRefused(const std::string& address, int status, const std::string& word) {
  CAPTURE(address);
  const Finished run = RunToEnd({"--check", address});
  CHECK(run.status == status);
  CHECK(run.out == "");
  CHECK_MESSAGE(run.err.find(word) != std::string::npos, run.err);
  CHECK(SplitLines(run.err).size() == 1);
}

void CheckEchoes(const std::string& address) {
  CAPTURE(address);
  const Finished run = RunToEnd({"--check", address});
  CHECK_MESSAGE(run.status == 0, run.err);
  CHECK(run.out + run.err == "");
}

TEST_CASE("AnEchoServerEchoes") {
  const TempFolder folder;
  for (const std::string& greeting :
       {std::string(), std::string("hello from server\n"), std::string(1000, 'A')}) {
    ServerProcess server(
        {"--greeting", greeting, "--listen", "127.0.0.1:0", "--listen", "unix:" + folder / "s"});
    CheckEchoes(server.Address(0));
    CheckEchoes(server.Address(0).substr(10));  // the port alone
    CheckEchoes(server.Address(1));
    const Fields stats = server.Drain();
    CHECK(stats["accepted"] == 3);
    CHECK(stats["bytes_out"] == 24);
  }
}

TEST_CASE("NobodyIsNoEchoServer") {
  std::string address;
  {
    ServerProcess server;
    address = server.Address();
  }
  CheckRefused(address, 1, "Connection refused");
  CheckRefused("unix:/nowhere/at/all", 1, "No such file");
}

TEST_CASE("WhoDoesNotEchoIsNoEchoServer") {
  ServerProcess server({"--listen", "127.0.0.1:0=discard", "--listen", "127.0.0.1:0=daytime",
                        "--listen", "127.0.0.1:0=chargen"});
  CheckRefused(server.Address(0), 1, "no answer in 2 seconds");
  CheckRefused(server.Address(1), 1, "does not echo");
  CheckRefused(server.Address(2), 1, "no answer in 2 seconds");
}

// The call waits on hold, as a caller's would.
TEST_CASE("AFullServerIsNotReady") {
  ServerProcess server({"--max-connections", "1"});
  Client caller(server.Address());
  REQUIRE(caller.Receive(5) == "hello");
  CheckRefused(server.Address(), 1, "no answer in 2 seconds");
  caller.Close();
  CHECK(WaitFor([&] { return RunToEnd({"--check", server.Address()}).status == 0; }));
}

TEST_CASE("WhatCannotBeCheckedIsSaid") {
  CheckRefused("localhost:8000", 2, "numeric");
  CheckRefused("127.0.0.1:0", 2, "port");
  CheckRefused("nonsense", 2, "--check 'nonsense'");
}

}  // namespace
}  // namespace switchboard::test
