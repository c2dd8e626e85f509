// In the background of a terminal that stops whatever writes to it from there: `stty tostop`.

#include <doctest/doctest.h>

#include <string>

#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/terminal.h"

namespace switchboard::test {
namespace {

TEST_CASE("ATerminalDoesNotStopAServerThatWritesFromTheBackground") {
  const TempFolder folder;
  const std::string address = "unix:" + folder / "s";
  // A shell with job control gives the server a process group of its own. Who ends the shell ends
  // the server.
  Terminal shell({"sh", "-c",
                  "stty tostop; set -m; setpriv --pdeathsig KILL " SWITCHBOARD_BINARY
                  " --trace --log-level debug --greeting '' --listen " +
                      address + " & wait"});
  REQUIRE(WaitFor([&] { return !IsRefused(address); }));
  CHECK(shell.Shows("server listening at " + address));
  for (int i = 0; i < 10; ++i) {
    Client caller(address);
    CHECK(caller.Echo("can you hear me?") == "can you hear me?");
  }
  CHECK(shell.Shows("says \"can you hear me?\""));
  CHECK(shell.Shows("event=closed reason=peer"));
}

}  // namespace
}  // namespace switchboard::test
