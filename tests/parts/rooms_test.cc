// The folders of the server are rooms in an order: what is further in knows nothing of what is
// around it.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace switchboard::test {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SOURCE_ROOT;

std::vector<fs::path> Sources() {
  std::vector<fs::path> sources;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "src")) {
    const fs::path extension = entry.path().extension();
    if (extension == ".h" || extension == ".cc") sources.push_back(entry.path());
  }
  return sources;
}

std::string NameOf(const fs::path& source) { return fs::relative(source, kRoot).string(); }

// A room, and all who may include it beside itself: names of files, or the beginnings of such.
struct Room {
  std::string name;
  std::vector<std::string> outer;
};

const std::vector<Room> kRooms = {
    {"src/processes/", {"src/main.cc"}},
    {"src/status/",
     {"src/processes/", "src/main.cc", "src/announce.cc", "src/inherited_sockets.cc",
      "src/watchdog.h", "src/options/kinds.cc"}},
    {"src/accepting/",
     {"src/processes/", "src/server.cc", "src/bound_server.h", "src/reactor.", "src/connection_"}},
};

TEST_CASE("ARoomIsKnownToThoseAroundItOnly") {
  for (const Room& room : kRooms) {
    const std::regex include("#include \"" + room.name);
    size_t known = 0;
    for (const fs::path& source : Sources()) {
      const std::string name = NameOf(source);
      if (name.starts_with(room.name) || !std::regex_search(Contents(source), include)) continue;
      CAPTURE(room.name);
      CAPTURE(name);
      ++known;
      CHECK(std::ranges::any_of(room.outer,
                                [&](const std::string& each) { return name.starts_with(each); }));
    }
    CHECK(known > 0);
  }
}

// Or it could not be run on another kernel. That a variable is taken out of the environment is no
// business of the kernel.
TEST_CASE("SystemCallsAreMadeInOneRoom") {
  const std::regex call("[^A-Za-z0-9_>]::[a-z][a-z0-9_]*\\(");
  const std::regex header("#include <(unistd|fcntl|sys/socket)\\.h>");
  size_t in_there = 0;
  for (const fs::path& source : Sources()) {
    const std::string name = NameOf(source);
    if (name == "src/environment.cc") continue;
    const std::string text = Contents(source);
    const bool calls = std::regex_search(text, call) || std::regex_search(text, header);
    if (name.starts_with("src/linux/")) {
      in_there += calls ? 1 : 0;
      continue;
    }
    CAPTURE(name);
    CHECK_FALSE(calls);
  }
  CHECK(in_there > 10);
}

}  // namespace
}  // namespace switchboard::test
