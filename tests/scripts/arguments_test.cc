// Wrong arguments of the scripts: one sentence and status 2, before anything is installed or built.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

using Words = std::vector<std::string>;

struct Case {
  std::string script;
  Words words;
  std::string sentence;  // how it begins, behind the name of the script
};

const std::vector<Case> kWrong = {
    {"bench", {"--frobnicate"}, "'--frobnicate' is not known; see scripts/bench --help"},
    {"bench", {"RoundTrip"}, "'RoundTrip' is not known; "},
    {"bench", {"--target=here"}, "--target cannot be 'here'; give HOST:PORT, as in 127.0.0.1:8000"},
    {"bench", {"--duration=0.0"}, "--duration cannot be '0.0'; give seconds above 0"},
    {"compare-models", {"--callers", "1,,2"}, "--callers cannot be '1,,2'; give whole numbers "},
    {"compare-models", {"--service-times=1,-2"}, "--service-times cannot be '1,-2'; give millis"},
    {"coverage", {"--frobnicate"}, "'--frobnicate' is an option neither of this script nor of gc"},
    {"coverage", {"src"}, "'src' is not an option; "},
    {"fuzz", {"--seconds", "0"}, "--seconds '0' is not a number of seconds; "},
    {"fuzz", {"nothing"}, "there is no target 'nothing'; give one of: command_line "},
    {"healthy", {"--runs", "two"}, "--runs cannot be 'two'; give a whole number, 1 or more"},
    {"healthy", {"--runs"}, "--runs needs a value"},
    {"healthy", {"--duration=nan"}, "--duration cannot be 'nan'; give seconds above 0"},
    {"healthy", {"5"}, "'5' is not known; see scripts/healthy --help"},
    {"install", {"--prefix", "usr"}, "--prefix cannot be 'usr'; give a folder from / on, such as "},
    {"install", {"--remove", "--prefix=/usr"}, "--remove takes away what was installed, wherever "},
    {"load-many", {"--frobnicate"}, "unrecognized arguments: --frobnicate; see scripts/load-many "},
    {"million-lines", {"--lines", "1e6"}, "--lines cannot be '1e6'; give a whole number, 1 or "},
    {"million-lines", {"--svg", "/"}, "--svg cannot be '/'; give a file that can be written"},
    {"model", {""}, "'' is not known; see scripts/model --help"},
    {"mutants", {"nothing"}, "there is no tests/mutants/nothing; leave the names out for all"},
    {"neighbours", {"--rounds=0"}, "--rounds cannot be '0'; give a whole number, 1 or more"},
    {"package", {"--static", "--verify"}, "give --static or --verify; "},
    {"package", {"static"}, "'static' is not known; see scripts/package --help"},
    {"setup", {"build", "nothing"}, "'nothing' is not a purpose; say build, test, "},
    {"simulate", {"--seeds", "many"}, "--seeds cannot be 'many'; give a whole number, 1 or more"},
    {"simulate", {"--first", "-1"}, "--first cannot be '-1'; give a whole number"},
    {"simulate", {"--trace=1"}, "--trace takes no value; leave out '=1'"},
    {"soak", {"--minutes", "08"}, "--minutes cannot be '08'; give a whole number, 1 or more"},
    {"soak", {"--minutes", "1", "2"}, "'2' is not known; see scripts/soak --help"},
    {"staff-validate", {"--rounds", "1"}, "give one FILE; see scripts/staff-validate --help"},
    {"staff-validate", {"/no/file"}, "FILE cannot be '/no/file'; give a file that can be written"},
    {"staff-validate", {"--keep-costs", "none"}, "--keep-costs takes the costs of 'none', which "},
    {"surface", {"--rounds"}, "--rounds needs a value"},
    {"surface", {"--columns", "64;5"}, "--columns cannot be '5'; there are 1; 2; "},
    {"surface", {"server"}, "'server' is not NAME='COMMAND {port}'"},
    {"test", {"--frobnicate"}, "'--frobnicate' is an option neither of this script nor of meson t"},
    {"test", {"--sanitize=memory"}, "--sanitize=memory is not known; give one of: address,undef"},
    {"test", {"--compiler=nothing"}, "--compiler=nothing is not installed; give g++ or clang++"},
};

// What these are given is for the program that they build, which answers it.
const std::set<std::string> kPassingOn = {"load", "serve"};

// A machine on which whatever installs or builds fails, and is remembered.
class Machine {
 public:
  Machine() {
    for (const char* name : {"apt-get", "dpkg", "sudo", "meson", "ninja", "gcovr"}) {
      const std::string path = folder_ / name;
      std::ofstream(path) << "#!/bin/sh\n"
                             "if [ \"$*\" = --help ] || [ \"$*\" = 'test --help' ]; then\n"
                             "  echo '--repeat REPEAT'; exit\n"
                             "fi\n"
                             "echo \"$0 $*\" | tee -a " +
                                 folder_ / "called" + " >&2\nexit 99\n";
      REQUIRE(::chmod(path.c_str(), 0700) == 0);
    }
  }

  Finished Run(const std::string& script, Words words) const {
    words.insert(words.begin(), SCRIPTS "/" + script);
    Spawn spawn;
    spawn.program = "env";
    words.insert(words.begin(), "PATH=" + folder_ / "" + ":" + std::getenv("PATH"));
    return RunToEnd(words, spawn);
  }

  // What was installed or built nevertheless.
  std::string Called() const { return Contents(folder_ / "called"); }

 private:
  TempFolder folder_;
};

std::set<std::string> Scripts() {
  std::set<std::string> scripts;
  for (const auto& entry : std::filesystem::directory_iterator(SCRIPTS)) {
    const std::string name = entry.path().filename();
    if (entry.is_regular_file() && !name.ends_with(".sh")) scripts.insert(name);
  }
  return scripts;
}

TEST_CASE("WrongArgumentsAreAnsweredBeforeAnythingIsInstalledOrBuilt") {
  const Machine machine;
  for (const Case& each : kWrong) {
    CAPTURE(each.script);
    CAPTURE(each.sentence);
    const Finished run = machine.Run(each.script, each.words);
    CAPTURE(run.err);
    CHECK(run.status == 2);
    CHECK(run.out == "");
    CHECK(run.err.starts_with(each.script + ": " + each.sentence));
    CHECK(SplitLines(run.err).size() == 1);
  }
  CHECK(machine.Called() == "");
}

TEST_CASE("EachScriptIsInTheTable") {
  std::set<std::string> named = kPassingOn;
  for (const Case& each : kWrong) named.insert(each.script);
  CHECK(named == Scripts());
}

TEST_CASE("HelpComesBeforeAnythingIsInstalledOrBuilt") {
  const Machine machine;
  for (const std::string& script : Scripts()) {
    if (kPassingOn.contains(script)) continue;
    CAPTURE(script);
    const Finished run = machine.Run(script, {"--help"});
    CHECK(run.status == 0);
    CHECK(run.out.find("scripts/" + script) != std::string::npos);
    CHECK(run.err == "");
    CHECK(machine.Run(script, {"-h"}).out == run.out);
  }
  CHECK(machine.Called() == "");
}

// Otherwise the others would prove nothing.
TEST_CASE("RightArgumentsWouldHaveInstalledOrBuilt") {
  const Machine machine;
  for (const Case& each :
       std::vector<Case>{{"bench", {"--duration=.5", "--benchmark_filter=RoundTrip"}, ""},
                         {"compare-models", {"--service-times=0,1.5", "--callers", "1,10"}, ""},
                         {"healthy", {"--runs", "2", "--duration=1e-1"}, ""},
                         {"simulate", {"--trace", "--first", "0"}, ""},
                         {"surface", {"--columns", "3;calls", "a=127.0.0.1:{port}"}, ""},
                         {"test", {"--repeat", "2", "drain"}, ""}}) {
    CAPTURE(each.script);
    const size_t before = machine.Called().size();
    const Finished run = machine.Run(each.script, each.words);
    CAPTURE(run.err);
    CHECK(run.status != 0);
    CHECK(run.status != 2);
    CHECK(machine.Called().size() > before);
  }
}

}  // namespace
}  // namespace switchboard::test
