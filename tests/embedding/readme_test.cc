// The complete service that the README shows, built from exactly that text.

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "tests/support/client.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

TEST_CASE("TheServiceInTheReadmeWorks") {
  Spawn spawn;
  spawn.program = README_EXAMPLE;
  ServerProcess server({}, spawn);
  Client caller(server.Address());
  CHECK(caller.Echo("can you hear me?") == "CAN YOU HEAR ME?");
}

TEST_CASE("TheServiceInTheReadmeHasFewerThan30Lines") {
  std::ifstream source(README_EXAMPLE_SOURCE);
  int lines = 0;
  for (std::string line; std::getline(source, line);) ++lines;
  CHECK(lines > 0);
  CHECK(lines < 30);
}

}  // namespace
}  // namespace switchboard::test
