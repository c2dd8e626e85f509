// What the documentation says is tested, is: each test that it names exists.

#include <doctest/doctest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "tests/support/files.h"

namespace switchboard::test {
namespace {

const std::filesystem::path kRoot = SOURCE_ROOT;

std::set<std::string> AllOf(const std::string& text, const char* expression) {
  const std::regex pattern(expression);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

std::set<std::string> TestCases() {
  std::set<std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / "tests")) {
    if (entry.path().extension() != ".cc") continue;
    all.merge(AllOf(Contents(entry.path()), "TEST_CASE\\(\"(\\w+)\"\\)"));
  }
  return all;
}

// Names of tests stand in tables only, alone in backquotes: `EchoesMessagesOfAnySize`.
TEST_CASE("EachTestThatATableNamesExists") {
  const std::set<std::string> tests = TestCases();
  REQUIRE(tests.size() > 100);
  for (const char* file : {"tests/README.md", "SECURITY.md"}) {
    CAPTURE(file);
    std::set<std::string> named;
    for (const std::string& row : AllOf(Contents(kRoot / file), "(?:^|\n)(\\|[^\n]*)")) {
      named.merge(AllOf(row, "`((?:[A-Z][a-z0-9]*){3,})`"));
    }
    CHECK(named.size() > 10);
    for (const std::string& name : named) {
      CAPTURE(name);
      CHECK(tests.contains(name));
    }
  }
}

TEST_CASE("EachMutantThatATableNamesExists") {
  const std::string text = Contents(kRoot / "tests/README.md");
  for (const std::string& name : AllOf(text, "mutants? `([a-z-]+)`")) {
    CAPTURE(name);
    CHECK(std::filesystem::exists(kRoot / "tests/mutants" / name));
  }
}

}  // namespace
}  // namespace switchboard::test
