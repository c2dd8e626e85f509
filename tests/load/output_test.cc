// The files of a report: refused before a run, written after it, all of them.

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/base/output_file.h"
#include "bench/load/show/json.h"
#include "tests/load/support.h"
#include "tests/support/files.h"

namespace switchboard::load {
namespace {

void Fill(const std::string& path, std::string_view text) { std::ofstream(path) << text; }

bool Says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Why not all could be written; empty if it was.
template <typename Write>
std::string Failure(Write write) {
  try {
    write();
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

struct Ended {
  int status;
  std::string errors;
};

// Runs switchboard-load to its end, with its standard output at `out`.
Ended Run(const std::string& arguments, const std::string& out = "/dev/null") {
  const std::string line = SWITCHBOARD_LOAD " " + arguments + " 2>&1 >" + out;
  FILE* pipe = ::popen(line.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string errors;
  for (int byte; (byte = std::fgetc(pipe)) != EOF;) errors += static_cast<char>(byte);
  return {WEXITSTATUS(::pclose(pipe)), errors};
}

}  // namespace

TEST_CASE("AnOldReportStaysUntilThereIsANewOne") {
  const test::TempFolder folder;
  const std::string path = folder / "report";
  Fill(path, "an old and longer report");
  OutputFile file(path);
  CHECK(test::Contents(path) == "an old and longer report");
  file.Write("new");
  CHECK(test::Contents(path) == "new");
}

TEST_CASE("ARunThatFailsLeavesNoEmptyFile") {
  const test::TempFolder folder;
  const std::string path = folder / "report";
  { const OutputFile file(path); }
  CHECK_FALSE(std::filesystem::exists(path));
  Fill(path, "");
  { const OutputFile file(path); }
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("EveryFileIsWrittenEvenIfOneFails") {
  const test::TempFolder folder;
  const std::string path = folder / "report";
  OutputFile full("/dev/full"), nobody_asked(""), good(path);
  const std::string failure = Failure([&] {
    WriteAll("", stdout, {{full, "lost"}, {nobody_asked, ""}, {good, "kept"}});
  });
  CHECK(Says(failure, "cannot write '/dev/full': No space left on device"));
  CHECK(test::Contents(path) == "kept");
}

TEST_CASE("AFileKeepsItsPermissionsAndALinkItsPlace") {
  const test::TempFolder folder;
  const std::string path = folder / "report", link = folder / "link";
  Fill(path, "old");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  std::filesystem::create_symlink("report", link);
  OutputFile(link).Write("new");
  CHECK(std::filesystem::is_symlink(link));
  CHECK(test::Contents(path) == "new");
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms::owner_all);
}

TEST_CASE("NothingIsLeftBesideAFile") {
  const test::TempFolder folder;
  OutputFile(folder / "report").Write("new");
  size_t files = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(folder / ""))
    ++files;
  CHECK(files == 1);
}

// The text of each command, for a reader that takes nothing of it; and its report, as a file.
TEST_CASE("AReaderThatGoesAwayCostsTheTextAndNoFile") {
  const test::TempFolder folder;
  TestServer server(Echo);
  const std::string first = folder / "first.json", second = folder / "second.json";
  const std::string load = " --quiet -n 500 --warmup 0 --greeting none ";
  struct Case {
    std::string arguments;
    std::vector<std::string> files;
  };
  const std::string csv = folder / "a.csv", html = folder / "a.html";
  const Case cases[] = {
      {"--json " + first + " --csv " + csv + " --html " + html + load + server.target(),
       {first, csv, html}},
      {"merge --json " + second + " " + first, {second}},
      {"compare --rounds 1 --json " + second + load + "A=" + server.target() +
           " B=" + server.target(),
       {second}},
      {"conform --only small --json " + second + " " + server.target(), {second}},
  };
  for (const Case& each : cases) {
    CAPTURE(each.arguments);
    for (const std::string& path : each.files) std::filesystem::remove(path);
    const std::string line = "set -o pipefail; " SWITCHBOARD_LOAD " " + each.arguments +
                             " | (exec <&-; sleep 2); echo ${PIPESTATUS[0]} > " +
                             (folder / "status");
    CHECK(std::system(("bash -c '" + line + "'").c_str()) == 0);
    CHECK(test::Contents(folder / "status") == "0\n");
    for (const std::string& path : each.files) CHECK(test::Contents(path).size() > 100);
  }
}

TEST_CASE("ADashIsStandardOutputAndTheTextGoesToStandardError") {
  TestServer server(Echo);
  const test::TempFolder folder;
  const std::string out = folder / "out";
  const Ended ended =
      Run("--quiet -d 0.6 --warmup 0 --greeting none --json - " + server.target(), out);
  CHECK(ended.status == 0);
  CHECK(Says(ended.errors, "verified "));
  CHECK(FromJson(Json::Parse(test::Contents(out))).messages > 0);
}

TEST_CASE("OneFileForTwoViewsIsRefused") {
  const test::TempFolder folder;
  const std::string path = folder / "x";
  for (const std::string& same : {path, folder / "./x"}) {
    Fill(path, "old");
    const Ended ended = Run("--json " + path + " --csv " + same + " 127.0.0.1:1");
    CHECK(ended.status == 2);
    CHECK(Says(ended.errors, "give each a file of its own"));
    CHECK(test::Contents(path) == "old");
  }
}

TEST_CASE("AClosedStandardStreamDoesNotEndUpInAFile") {
  const test::TempFolder folder;
  TestServer server(Echo);
  const std::string path = folder / "x.json";
  const std::string line = SWITCHBOARD_LOAD " --quiet -d 0.6 --warmup 0 --greeting none --json " +
                           path + " " + server.target() + " >&- 2>&- <&-";
  CHECK(std::system(line.c_str()) == 0);
  CHECK(FromJson(Json::Parse(test::Contents(path))).messages > 0);
}

TEST_CASE("EachCommandRefusesAnUnwritableFileBeforeItBegins") {
  // Nobody answers there, so that a run that had begun would speak of that.
  for (const std::string command :
       {"--json /nonexistent/x 127.0.0.1:1", "--csv /nonexistent/x 127.0.0.1:1",
        "--html /nonexistent/x 127.0.0.1:1", "compare --json /nonexistent/x A=127.0.0.1:1 B=1",
        "conform --json /nonexistent/x 127.0.0.1:1"}) {
    CAPTURE(command);
    const Ended ended = Run(command);
    CAPTURE(ended.errors);
    CHECK(ended.status == 1);
    CHECK(Says(ended.errors, "cannot write '/nonexistent/x': No such file or directory"));
  }
}

TEST_CASE("AFullDiskIsStatusOneOnStandardOutputToo") {
  const test::TempFolder folder;
  TestServer server(Echo);
  const std::string json = folder / "report.json", csv = folder / "report.csv";
  const std::string load = "--quiet -d 0.1 --warmup 0 --json " + json;
  for (const std::string& command : {load + " " + server.target(),
                                     "compare --quiet --rounds 1 -d 0.02 --warmup 0 A=" +
                                         server.target() + " B=" + server.target(),
                                     "conform --only small " + server.target()}) {
    CAPTURE(command);
    const Ended ended = Run(command, "/dev/full");
    CAPTURE(ended.errors);
    CHECK(ended.status == 1);
    CHECK(Says(ended.errors, "cannot write all of it to standard output"));
  }
  CHECK(Run("merge " + json, "/dev/full").status == 1);
  const Ended ended = Run("merge " + json + " --json /dev/full --csv " + csv);
  CHECK(ended.status == 1);
  CHECK(Says(ended.errors, "cannot write '/dev/full'"));
  CHECK(Says(test::Contents(csv), "p99"));
}

}  // namespace switchboard::load
