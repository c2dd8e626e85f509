// What the value of an option may be, and what --help says of it.

#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "src/options/kinds.h"
#include "src/options/table.h"

namespace switchboard::test {
namespace {

TEST_CASE("SecondsAreSaidAsTheyAreTyped") {
  for (const auto& [milliseconds, text] : {std::pair<int64_t, const char*>{0, "0"},
                                           {1, "0.001"},
                                           {250, "0.25"},
                                           {1500, "1.5"},
                                           {60000, "60"},
                                           {100'000'000, "100000"},
                                           {86400 * 365 * int64_t{1000}, "31536000"}}) {
    const int64_t ms = milliseconds;
    CAPTURE(ms);
    CHECK(InSeconds(ms) == text);
    ProgramOptions options;
    Seconds("lame_duck_ms", &Options::lame_duck_ms).read(text, options);
    CHECK(options.lame_duck_ms == ms);
  }
}

TEST_CASE("EachDefaultThatHelpNamesCanBeTyped") {
  int typed = 0;
  for (const OptionRow& row : OptionTable()) {
    const std::string said = std::string(row.meaning) + row.default_text;
    if (said.find("{default}") == std::string::npos || row.kind.value.empty()) continue;
    CAPTURE(row.name);
    REQUIRE_FALSE(row.kind.initial.empty());
    ProgramOptions options;
    CHECK_NOTHROW(row.kind.read(row.kind.initial, options));
    CHECK_NOTHROW(row.kind.check(options));
    ++typed;
  }
  CHECK(typed >= 10);
}

TEST_CASE("AKindIsAsGoodForAnOptionOfTheProgramAlone") {
  const Kind kind = Whole("processes", &ProgramOptions::processes, "N", 1, 8);
  CHECK(kind.initial == "1");
  CHECK(kind.range == "1 to 8");
  ProgramOptions options;
  kind.read("8", options);
  CHECK(options.processes == 8);
  CHECK_THROWS_AS(kind.read("9", options), std::invalid_argument);
  CHECK_NOTHROW(kind.check(options));
  options.processes = 9;
  CHECK_THROWS_AS(kind.check(options), std::invalid_argument);
}

// Options of a program that embeds the server are checked by the same rows.
TEST_CASE("EachFieldIsCheckedByItsRow") {
  CHECK_NOTHROW(CheckOptions(Options()));
  const std::pair<const char*, void (*)(Options&)> wrong[] = {
      {"backlog", [](Options& o) { o.backlog = 0; }},
      {"workers", [](Options& o) { o.workers = -1; }},
      {"unix_mode", [](Options& o) { o.unix_mode = 01000; }},
      {"proxy_timeout_ms", [](Options& o) { o.proxy_timeout_ms = 2999; }},
      {"idle_timeout_ms", [](Options& o) { o.idle_timeout_ms = -1; }},
      {"greeting", [](Options& o) { o.greeting.assign(1001, 'a'); }},
      {"listen", [](Options& o) { o.listen = {{.address = "no port"}}; }},
      {"proxy_from", [](Options& o) { o.proxy_from = {"nobody"}; }},
      {"service_times",
       [](Options& o) {
         o.service_times = {{"", "soon"}};
       }},
  };
  for (const auto& [name, make_wrong] : wrong) {
    const std::string field = name;
    CAPTURE(field);
    Options options;
    make_wrong(options);
    std::string sentence;
    try {
      CheckOptions(options);
    } catch (const std::invalid_argument& error) {
      sentence = error.what();
    }
    CHECK(sentence.starts_with("Options::" + field));
  }
}

}  // namespace
}  // namespace switchboard::test
