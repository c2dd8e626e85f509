// The folders of the load harness are rooms in an order, that of the `subdir` lines of
// bench/load/meson.build: each includes only itself and those above it, so that it can be read and
// changed without the ones below.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace switchboard::load {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SOURCE_ROOT;
const fs::path kHarness = kRoot / "bench" / "load";

// What `pattern` captures, in the lines of a file that have it.
std::vector<std::string> Captures(const fs::path& path, const std::regex& pattern) {
  std::ifstream file(path);
  std::vector<std::string> captured;
  std::smatch match;
  for (std::string line; std::getline(file, line);) {
    if (std::regex_search(line, match, pattern)) captured.push_back(match[1]);
  }
  return captured;
}

std::vector<std::string> Rooms() {
  return Captures(kHarness / "meson.build", std::regex(R"(^subdir\('(\w+)'\))"));
}

std::vector<fs::path> SourcesIn(const fs::path& folder) {
  std::vector<fs::path> sources;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path extension = entry.path().extension();
    if (extension == ".h" || extension == ".cc") sources.push_back(entry.path());
  }
  return sources;
}

std::vector<std::string> Includes(const fs::path& source) {
  return Captures(source, std::regex(R"(^#include "([^"]+)\")"));
}

bool IsIn(const std::string& include, const std::string& folder) {
  return include == folder || include.starts_with(folder + "/");
}

}  // namespace

TEST_CASE("ARoomIncludesOnlyItselfAndTheRoomsAboveIt") {
  std::vector<std::string> allowed = {"bench/linux", "src/linux", "src/options/roff.h",
                                      "src/distribution.h", "include/switchboard/time_histogram.h"};
  for (const std::string& room : Rooms()) {
    allowed.push_back("bench/load/" + room);
    const std::vector<fs::path> sources = SourcesIn(kHarness / room);
    CHECK_FALSE(sources.empty());
    for (const fs::path& source : sources) {
      for (const std::string& include : Includes(source)) {
        CAPTURE(source.string());
        CAPTURE(include);
        CHECK(std::ranges::any_of(allowed, [&](const auto& each) { return IsIn(include, each); }));
      }
    }
  }
}

TEST_CASE("EveryFolderOfTheHarnessIsARoomOfTheList") {
  const std::vector<std::string> rooms = Rooms();
  for (const auto& entry : fs::directory_iterator(kHarness)) {
    if (!entry.is_directory()) continue;
    CAPTURE(entry.path().string());
    CHECK(std::ranges::count(rooms, entry.path().filename().string()) == 1);
  }
}

TEST_CASE("SystemCallWrappersOfTheServerKnowNothingOfTheHarness") {
  for (const fs::path& source : SourcesIn(kRoot / "src")) {
    for (const std::string& include : Includes(source)) {
      CAPTURE(source.string());
      CHECK_FALSE(IsIn(include, "bench"));
    }
  }
}

}  // namespace switchboard::load
