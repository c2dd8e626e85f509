// What the scripts say while they build.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

// What a script of these lines does, with what ninja prints in the file $LOG.
Finished Script(const std::string& lines, const std::string& ninja_prints) {
  const TempFolder folder;
  std::ofstream(folder / "log") << ninja_prints;
  Spawn spawn;
  spawn.program = "bash";
  return RunToEnd({"-c", "set -euo pipefail; . " SCRIPTS "/build-lib.sh; LOG=" + folder / "log" +
                             " FOLDER=" + folder / "out" + "\n" + lines},
                  spawn);
}

constexpr const char* kNinja = "ninja: Entering directory `build'\n";
constexpr const char* kCompiled =
    "[1/3] Compiling C++ object a.o\n[2/3] Compiling C++ object b.o\n[3/3] Linking target a\n";
constexpr const char* kOnlyLinked = "[1/2] Generating revision.h\n[2/2] Linking target a\n";

TEST_CASE("SaysOnceThatItBuildsIfSomethingIsCompiled") {
  const std::string log = std::string(kNinja) + kCompiled;
  const Finished run = Script("announce out <$LOG", log);
  CHECK(run.status == 0);
  CHECK(run.out == log);
  CHECK(run.err == "building out; the first time takes a minute or two\n");
}

TEST_CASE("SaysNothingIfNothingIsCompiled") {
  for (const char* more : {kOnlyLinked, "ninja: no work to do.\n", ""}) {
    const std::string log = std::string(kNinja) + more;
    const Finished run = Script("announce out <$LOG", log);
    CHECK(run.status == 0);
    CHECK(run.out == log);
    CHECK(run.err == "");
  }
}

// A build with programs in the place of meson and ninja.
constexpr const char* kBuild = R"(
meson() { mkdir -p "$2" && touch "$2/build.ninja"; }
ninja() { cat "$LOG"; return $NINJA_STATUS; }
build "$FOLDER" all
echo built
)";

TEST_CASE("ABuildLeavesStandardOutputAlone") {
  const Finished run = Script(std::string("NINJA_STATUS=0") + kBuild, kCompiled);
  CHECK(run.status == 0);
  CHECK(run.out == "built\n");
  CHECK(run.err == "configuring out\nbuilding out; the first time takes a minute or two\n");
}

TEST_CASE("ABuildThatFailsShowsWhatTheCompilerSaid") {
  const Finished run = Script(std::string("NINJA_STATUS=1") + kBuild, "a.cc:1: error: no\n");
  CHECK(run.status == 1);
  CHECK(run.out == "");
  CHECK(run.err ==
        "configuring out\na.cc:1: error: no\nthe build failed; its messages stand above\n");
}

}  // namespace
}  // namespace switchboard::test
