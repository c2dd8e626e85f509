// The folders of the server are rooms in an order, that of the `subdir` lines of src/meson.build:
// each includes only itself and those above it, so that it can be read and changed without the ones
// below.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace switchboard::test {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SOURCE_ROOT;

std::string NameOf(const fs::path& source) { return fs::relative(source, kRoot).string(); }

class Rooms {
 public:
  // "" is the server itself, which stands in no folder.
  Rooms()
      : names_(Captures(kRoot / "src/meson.build",
                        R"(^(?:subdir\('(\w+)'\)|switchboard_sources \+= files\()$)")) {}

  const std::vector<std::string>& names() const { return names_; }

  // Of src/ROOM/FILE or src/FILE.
  static std::string Of(const std::string& name) {
    const std::string within = name.substr(name.find('/') + 1);
    const size_t slash = within.find('/');
    return slash == std::string::npos ? "" : within.substr(0, slash);
  }

  // Nobody includes the main program.
  bool MayInclude(const std::string& source, const std::string& include) const {
    if (include == "src/main.cc") return false;
    return source == "src/main.cc" || Position(include) <= Position(source);
  }

 private:
  size_t Position(const std::string& name) const {
    const auto found = std::ranges::find(names_, Of(name));
    CAPTURE(name);
    REQUIRE(found != names_.end());
    return static_cast<size_t>(found - names_.begin());
  }

  const std::vector<std::string> names_;
};

TEST_CASE("AnIncludeBackUpIsNoticed") {
  const Rooms rooms;
  CHECK(rooms.MayInclude("src/reactor.h", "src/accepting/acceptor.h"));
  CHECK(rooms.MayInclude("src/reactor.h", "src/worker_pool.h"));
  CHECK(rooms.MayInclude("src/main.cc", "src/processes/serve.h"));
  CHECK_FALSE(rooms.MayInclude("src/accepting/acceptor.h", "src/reactor.h"));
  CHECK_FALSE(rooms.MayInclude("src/base/log.h", "src/connection/connection.h"));
  CHECK_FALSE(rooms.MayInclude("src/reactor.h", "src/processes/serve.h"));
  CHECK_FALSE(rooms.MayInclude("src/processes/serve.cc", "src/main.cc"));
}

TEST_CASE("ARoomIncludesOnlyItselfAndTheRoomsAboveIt") {
  const Rooms rooms;
  std::set<std::string> include_others, included;
  for (const std::string& path : SourcesIn(kRoot / "src")) {
    const std::string name = NameOf(path);
    CAPTURE(name);
    for (const std::string& include : Includes(path)) {
      CAPTURE(include);
      if (include.starts_with("switchboard/")) continue;
      REQUIRE(include.starts_with("src/"));
      CHECK(rooms.MayInclude(name, include));
      if (Rooms::Of(include) == Rooms::Of(name)) continue;
      include_others.insert(Rooms::Of(name));
      included.insert(Rooms::Of(include));
    }
  }
  // Or includes would not have been found: only the innermost knows no other, and all are known.
  for (const std::string& room : rooms.names()) {
    CAPTURE(room);
    CHECK(include_others.contains(room) == (room != rooms.names().front()));
    CHECK(included.contains(room));
  }
}

TEST_CASE("TheInterfaceKnowsNothingOfTheServer") {
  const std::vector<std::string> headers = SourcesIn(kRoot / "include");
  CHECK(headers.size() > 3);
  for (const std::string& header : headers) {
    CAPTURE(header);
    for (const std::string& include : Includes(header)) CHECK(include.starts_with("switchboard/"));
  }
}

// Or it could not be run on another kernel. That a variable is taken out of the environment is no
// business of the kernel.
TEST_CASE("SystemCallsAreMadeInOneRoom") {
  const std::regex call("[^A-Za-z0-9_>]::[a-z][a-z0-9_]*\\(");
  const std::regex header("#include <(unistd|fcntl|sys/socket)\\.h>");
  size_t in_there = 0;
  for (const std::string& path : SourcesIn(kRoot / "src")) {
    const std::string name = NameOf(path);
    if (name == "src/daemon/environment.cc") continue;
    const std::string text = Contents(path);
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
