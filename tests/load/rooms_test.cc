// The folders of the load harness are rooms in an order, that of the `subdir` lines of
// bench/load/meson.build: each includes only itself and those above it, so that it can be read and
// changed without the ones below.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace switchboard::load {
namespace {

namespace fs = std::filesystem;

const fs::path kHarness = fs::path(SOURCE_ROOT) / "bench" / "load";

std::vector<std::string> Rooms() {
  return test::Captures(kHarness / "meson.build", R"(^subdir\('(\w+)'\))");
}

bool IsIn(const std::string& include, const std::string& folder) {
  return include == folder || include.starts_with(folder + "/");
}

}  // namespace

TEST_CASE("ARoomIncludesOnlyItselfAndTheRoomsAboveIt") {
  std::vector<std::string> allowed = {"bench/linux",
                                      "src/linux",
                                      "src/options/roff.h",
                                      "src/base/distribution.h",
                                      "src/base/utf8.h",
                                      "src/hand_over.h",
                                      "include/switchboard/time_histogram.h"};
  for (const std::string& room : Rooms()) {
    allowed.push_back("bench/load/" + room);
    const std::vector<std::string> sources = test::SourcesIn(kHarness / room);
    CHECK_FALSE(sources.empty());
    for (const std::string& source : sources) {
      for (const std::string& include : test::Includes(source)) {
        CAPTURE(source);
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

}  // namespace switchboard::load
