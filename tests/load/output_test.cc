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

#include "bench/load/base/output_file.h"
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
    WriteAll("", {{full, "lost"}, {nobody_asked, ""}, {good, "kept"}});
  });
  CHECK(Says(failure, "cannot write '/dev/full': No space left on device"));
  CHECK(test::Contents(path) == "kept");
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
