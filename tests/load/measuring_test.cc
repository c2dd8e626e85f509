// The scripts that measure servers: whatever is wrong, they say it in one sentence.

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::load {
namespace {

using Words = std::vector<std::string>;

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

test::Finished Run(const std::string& script, Words words) {
  test::Spawn spawn;
  spawn.program = "python3";
  words.insert(words.begin(), BENCH "/" + script);
  return test::RunToEnd(words, spawn);
}

Words Measuring(const std::string& server, const Words& words) {
  Words all{"--load", SWITCHBOARD_LOAD, "--server", server};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

TEST_CASE("WrongArgumentsAreOneSentenceAndStatus2") {
  struct Case {
    std::string script;
    Words words;
    std::string sentence;
  };
  const Words neighbours = Measuring("server", {}), models{"--build", "."},
              surface{"--load", "load"};
  const std::vector<std::pair<std::string, Words>> needed = {
      {"neighbours.py", neighbours}, {"million_lines.py", neighbours},
      {"healthy.py", neighbours},    {"surface.py", surface},
      {"models/compare.py", models}, {"models/services.py", models},
  };
  for (const Case& each : std::vector<Case>{
           {"neighbours.py", {"--rounds", "two"}, "neighbours: --rounds cannot be 'two'; give a "},
           {"neighbours.py",
            {"--duration", "nan"},
            "neighbours: --duration cannot be 'nan'; give "},
           {"million_lines.py",
            {"--lines", "1e6"},
            "million-lines: --lines cannot be '1e6'; give "},
           {"healthy.py", {"--runs", "0"}, "healthy: --runs cannot be '0'; give a whole number"},
           {"million_lines.py", {"--svg", "/"}, "million-lines: --svg cannot be '/'; give a file "},
           {"surface.py",
            {"--columns", "5", "a=b"},
            "surface: --columns cannot be '5'; there are "},
           {"surface.py", {"--svg", "/no/a", "a=b"}, "surface: --svg cannot be '/no/a'; give a "},
           {"models/compare.py", {"--callers", "1,,2"}, "compare-models: --callers cannot be ''; "},
           {"models/services.py",
            {"--service-times", "1,-2"},
            "compare-models: --service-times cannot be '-2'; give milliseconds"},
           {"models/services.py", {}, "compare-models: the following arguments are required: "},
       }) {
    CAPTURE(each.sentence);
    Words words;
    for (const auto& [script, first] : needed) {
      if (script == each.script) words = first;
    }
    words.insert(words.end(), each.words.begin(), each.words.end());
    const test::Finished run = Run(each.script, words);
    CAPTURE(run.err);
    CHECK(run.status == 2);
    CHECK(run.out == "");
    CHECK(run.err.starts_with(each.sentence));
    CHECK(test::SplitLines(run.err).size() == 1);
  }
}

// Which is what million_lines.py says first.
bool MayHaveTooFewDescriptors() {
  rlimit descriptors{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &descriptors) == 0);
  return descriptors.rlim_max < 4096;
}

TEST_CASE("AServerThatDoesNotStartIsNamedWithWhatItSaid") {
  const test::TempFolder folder;
  const std::string server = folder / "server";
  std::ofstream(server) << "#!/bin/sh\necho no line is free >&2\n";
  REQUIRE(::chmod(server.c_str(), 0700) == 0);
  struct Case {
    std::string script;
    Words words;
  };
  for (const Case& each : {Case{"neighbours.py", {}}, Case{"healthy.py", {}},
                           Case{"million_lines.py", {"--lines", "1", "--hold", "1"}}}) {
    CAPTURE(each.script);
    if (each.script == "million_lines.py" && MayHaveTooFewDescriptors()) continue;
    const test::Finished run = Run(each.script, Measuring(server, each.words));
    CHECK(run.status == 1);
    CHECK(test::SplitLines(run.err).size() == 1);
    CHECK(Has(run.err, "'" + server + " "));
    CHECK(Has(run.err, " did not start; it said: no line is free\n"));
    const test::Finished none = Run(each.script, Measuring(folder / "none", each.words));
    CHECK(none.status == 1);
    CHECK(Has(none.err, folder / "none cannot be started: No such file or directory\n"));
  }
}

TEST_CASE("ALoadThatFailsIsNamedWithWhatItSaid") {
  const test::TempFolder folder;
  const std::string server = folder / "server", load = folder / "load";
  std::ofstream(server) << "#!/bin/sh\necho server listening at 127.0.0.1:9\nexec sleep 60\n";
  std::ofstream(load) << "#!/bin/sh\necho nobody answers >&2\nexit 1\n";
  for (const std::string& program : {server, load}) {
    REQUIRE(::chmod(program.c_str(), 0700) == 0);
  }
  struct Case {
    std::string script, sentence;
  };
  for (const Case& each :
       {Case{"neighbours.py", "neighbours: the load of the talkers failed: nobody answers\n"},
        Case{"healthy.py",
             "healthy: the load of closed loop, 1 caller failed: nobody answers\n"}}) {
    CAPTURE(each.script);
    const test::Finished run = Run(each.script, {"--load", load, "--server", server});
    CHECK(run.status == 1);
    CHECK(run.err == each.sentence);
  }
}

}  // namespace
}  // namespace switchboard::load
